extension Language {
    static let spanish = Language(words: [
        (.buy, "compra compras comprar compre compren compramos comprando largo largos en-largo"),
        (.sell, "venta ventas vender vende vendan vendemos vendiendo corto cortos en-corto"),
        (.buyLimit, "compra-límite compra-limitada límite-de-compra compra-limit"),
        (.buyStop, "compra-stop"),
        (.sellLimit, "venta-límite venta-limitada límite-de-venta venta-limit"),
        (.sellStop, "venta-stop"),
        (.limit, "límite orden-límite"),
        (.now, "ahora ya mercado a-mercado precio-de-mercado precio-actual"),
        (.entry, "entrada entradas entrar precio-de-entrada punto-de-entrada zona-de-entrada"),
        (
            .stopLoss,
            "stop-de-pérdida stop-de-pérdidas parar-pérdidas límite-de-pérdida pérdida pérdidas"
        ),
        (
            .target,
            "objetivo objetivos meta metas toma-de-ganancias toma-de-ganancia tomar-ganancias ganancia"
        ),
        (.target, "tomar-beneficios toma-de-beneficios beneficio"),
        (.leverage, "apalancamiento apalancado"),
        (.timeframe, "temporalidad"),
        (.riskReward, "riesgo-beneficio riesgo-recompensa"),
        (.confidence, "confianza probabilidad"),
        (
            .hit,
            "alcanzado alcanzada alcanzados alcanzamos alcanzó tocado tocó cumplido cumplidos logrado logrados"
        ),
        (.close, "cerrar cierra cierren cerramos cierre cerrad salir salimos"),
        (.cancel, "cancelar cancelado cancelada cancela cancelen anular anulada"),
        (.breakEven, "punto-de-equilibrio punto-muerto"),
        (.move, "mover mueve muevan movemos subir bajar ajustar"),
        (.all, "todo toda todos todas"),
        (.trade, "operación operaciones posición posiciones orden órdenes señal señales"),
        (.to, "a hasta"),
        (.and, "y"),
        (.near, "cerca alrededor entre aproximadamente"),
        (.above, "encima por-encima sobre"),
        (.below, "debajo por-debajo bajo"),
        (
            .filler,
            "el la los las en de del un una es son precio zona nivel rango por con nuestro mi señores"
        ),
        (.when, "si cuando después una-vez"),
        (.not, "no nunca sin tampoco"),
        (.advert, "únete suscríbete gratis canal bono descuento"),
        (.recap, "resultado resultados ganamos ayer"),
    ])
}
