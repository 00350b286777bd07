extension Language {
    static let portuguese = Language(words: [
        (.buy, "compra compras comprar compre comprem comprando comprado"),
        (.sell, "venda vendas vender venda-agora vendendo vendido"),
        (.buyLimit, "compra-limite compra-limitada"),
        (.buyStop, "compra-stop"),
        (.sellLimit, "venda-limite venda-limitada"),
        (.sellStop, "venda-stop"),
        (.limit, "limite ordem-limite ordem-limitada"),
        (.now, "agora já mercado a-mercado preço-de-mercado preço-atual"),
        (.entry, "entrada entradas entrar preço-de-entrada ponto-de-entrada zona-de-entrada"),
        (.stopLoss, "stop-de-perda parar-perda perda perdas"),
        (
            .target,
            "alvo alvos objetivo objetivos meta metas realização-de-lucro realizar-lucro tomar-lucro lucro"
        ),
        (.leverage, "alavancagem"),
        (.timeframe, "tempo-gráfico"),
        (.riskReward, "risco-retorno risco-benefício"),
        (.confidence, "confiança probabilidade"),
        (.hit, "atingido atingida atingidos atingiu batido batidos bateu alcançado alcançados"),
        (.stoppedOut, "stopado stopada stopou"),
        (.close, "fechar feche fechem fecha fechando encerrar encerre sair saiam"),
        (.cancel, "cancelar cancelado cancelada cancele cancelem"),
        (.breakEven, "zero-a-zero ponto-de-equilíbrio"),
        (.move, "mover mova movam ajustar ajuste subir"),
        (.all, "tudo todo toda todos todas"),
        (.trade, "operação operações posição posições ordem ordens sinal sinais"),
        (.to, "a até para"),
        (.and, "e"),
        (.near, "perto entre aproximadamente"),
        (.above, "acima acima-de"),
        (.below, "abaixo abaixo-de"),
        (
            .filler, "o os as do da dos das em no-preço um uma é são preço zona nível faixa por com nosso"
        ),
        (.when, "se quando depois após"),
        (.not, "não nunca sem nem"),
        (.advert, "inscreva-se grátis canal bônus desconto"),
        (.recap, "resultado resultados ganhamos ontem"),
    ])
}
