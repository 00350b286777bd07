import COpenSSL
import Testing
import TradewindSecurity

private let joe = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"

@Suite struct `Tokens of the standards` {
    /// RFC 7515 §A.1, which is also RFC 7519 §3.1.
    @Test func `with HS256`() throws {
        let secret = try #require(
            Base64URL.decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
        let token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let keys = TokenKeys([TokenKey(id: "", secret: secret.span)])
        #expect(try keys.payload(of: token.bytes.span).text == joe)
    }

    /// RFC 7515 §A.2.
    @Test func `with RS256`() throws {
        let keys = try TokenKeys(published: rsaKeys("\"alg\":\"RS256\",\"use\":\"sig\"").bytes)
        #expect(try keys.payload(of: rsaToken.bytes.span).text == joe)
        #expect(throws: TokenRefusal.signature) { try keys.payload(of: (rsaToken.dropLast(2) + "Aw").bytes.span) }
        #expect(ERR_peek_error() == 0)
    }

    /// RFC 8037 §A.4.
    @Test func `with Ed25519`() throws {
        let keys = try TokenKeys(published: #"{"keys":[\#(edwardsKey)]}"#.bytes)
        #expect(try keys.payload(of: edwardsToken.bytes.span).text == "Example of Ed25519 signing")
        var other = edwardsToken.bytes
        other[30] ^= 1
        #expect(throws: TokenRefusal.signature) { try keys.payload(of: other.span) }
        #expect(ERR_peek_error() == 0)
    }

    /// RFC 7515 §A.5.
    @Test func `without a signature`() throws {
        let token =
            "eyJhbGciOiJub25lIn0."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        let keys = try TokenKeys(published: rsaKeys().bytes)
        #expect(throws: TokenRefusal.algorithm) { try keys.payload(of: token.bytes.span) }
    }
}

@Suite struct `Published keys` {
    @Test func `are not secrets: a token signed with the public text is refused`() throws {
        let keys = try TokenKeys(published: rsaKeys().bytes)
        let message = Base64URL.text(#"{"alg":"HS256"}"#.bytes.span) + "." + Base64URL.text(joe.bytes.span)
        let forged = message + "." + HMACKey(modulus).authenticate(message).base64url.text
        #expect(throws: TokenRefusal.algorithm) { try keys.payload(of: forged.bytes.span) }
    }

    @Test func `are found by their name`() throws {
        let keys = try TokenKeys(
            published: #"{"keys":[{"kty":"EC"},\#(edwardsKey),\#(rsaKey("\"kid\":\"r\""))]}"#.bytes)
        #expect(try keys.payload(of: rsaToken.bytes.span).text == joe)
        #expect(try keys.payload(of: edwardsToken.bytes.span).text == "Example of Ed25519 signing")
    }

    @Test(
        arguments: [
            "", "{}", "[]", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
            #"{"keys":[{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}"#, #"{"keys":[{"kty":"OKP","crv":"Ed25519"}]}"#,
            #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#, #"{"keys":[{"kty":"RSA","n":"","e":""}]}"#,
            rsaKeys("\"use\":\"enc\""), rsaKeys("\"alg\":\"RS512\""), rsaKeys("\"alg\":\"HS256\""),
            rsaKeys().replacing("AQAB", with: "AAAA"),
        ])
    func `that are none are an error`(document: String) {
        #expect(throws: TokenKeys.Unusable()) { try TokenKeys(published: document.bytes) }
        #expect(ERR_peek_error() == 0)
    }
}

private let edwardsKey = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
private let edwardsToken =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

private let modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL"
    + "-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB"
    + "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9"
    + "gb54h4FRWyuXpoQ"

private func rsaKey(_ members: String = "\"kid\":\"r\"") -> String {
    #"{"kty":"RSA","n":"\#(modulus)","e":"AQAB",\#(members)}"#
}

private func rsaKeys(_ members: String = "\"kid\":\"r\"") -> String { #"{"keys":[\#(rsaKey(members))]}"# }

private let rsaToken =
    "eyJhbGciOiJSUzI1NiJ9."
    + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZ"
    + "cAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e"
    + "OkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
