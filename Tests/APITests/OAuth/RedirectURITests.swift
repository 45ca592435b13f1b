import OAuth
import Testing

/// Where a browser may be sent, and where not.
@Suite struct RedirectURITests {
    static let registered = [
        "https://app.example/callback", "http://127.0.0.1/cb", "http://[::1]:8080/cb", "com.example.app:/done",
    ]

    @Test(arguments: registered + ["http://127.0.0.1:5173/cb", "http://[::1]:9/cb", "http://[::1]/cb"])
    func whatIsRegisteredMatches(uri: String) { #expect(RedirectURI.matches(uri, Self.registered)) }

    @Test(arguments: [
        "https://app.example/callback/", "https://app.example/callback?x=1", "https://app.example/callback#x",
        "https://app.example/callback/../evil", "https://app.example/%63allback", "https://APP.example/callback",
        "https://app.example./callback", "https://app.example:443/callback",
        "https://app.example@evil.example/callback",
        "https://user@app.example/callback", "http://app.example/callback", "https://app.example.evil.example/callback",
        "https://evil.example/?https://app.example/callback", "//app.example/callback", "/callback", "",
        "http://127.0.0.1:80@evil.example/cb", "http://127.0.0.1.evil.example/cb", "http://127.0.0.1:8080/other",
        "http://127.0.0.1:/cb", "http://127.0.0.1:80x/cb", "http://localhost/cb", "https://127.0.0.1/cb",
        "http://[::1]x/cb", "http://127.0.0.1\\@evil.example/cb", "com.example.app:/other", "javascript:alert(1)",
        "https://app.example/callback\n", " https://app.example/callback",
    ])
    func nothingElseMatches(uri: String) { #expect(!RedirectURI.matches(uri, Self.registered)) }

    @Test(arguments: [
        "https://a.example", "https://a.example/x?y=z", "http://127.0.0.1/", "http://[::1]/cb", "com.example.app:/cb",
        RedirectURI.outOfBand,
    ])
    func theseMayBeRegistered(uri: String) { #expect(RedirectURI.problem(with: uri) == nil) }

    @Test(arguments: [
        ("http://a.example/", RedirectURI.Problem.plainHTTP), ("http://localhost/cb", .plainHTTP),
        ("http://127.0.0.1.evil.example/", .plainHTTP), ("https://a.example/#x", .hasFragment),
        ("javascript:alert(1)", .dangerousScheme), ("data:text/html,x", .dangerousScheme),
        ("localhost:3000/cb", .dangerousScheme), ("/cb", .notAbsolute), ("", .notAbsolute),
        ("https:///x", .notAbsolute),
        ("https://u@a.example/", .hasUser), ("https://a.example\\x", .hasUser), ("https://a.example/ x", .notAbsolute),
        ("https:a.example", .notAbsolute), ("https://a.example/" + String(repeating: "x", count: 2000), .tooLong),
    ])
    func theseMayNot(uri: String, problem: RedirectURI.Problem) { #expect(RedirectURI.problem(with: uri) == problem) }
}
