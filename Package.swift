// swift-tools-version:6.2
import PackageDescription

// Who may import whom is decided here and compared with every `import` by Tests/TidyTests.
// The picture behind it: docs/architecture.md.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    // Failpoints (docs/testing.md) exist in debug builds only.
    .define("FAILPOINTS", .when(configuration: .debug)),
]
/// lld links the debug binaries several times faster than the toolchain's default, gold.
let fastLinker: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"])]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(
        name: String(path.split(separator: "/").last ?? ""), dependencies: dependencies, path: "Sources/" + path,
        exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/" + name, swiftSettings: settings,
        linkerSettings: fastLinker)
}

let package = Package(
    name: "berth",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibPQ", path: "Sources/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CLibQREncode", path: "Sources/CLibQREncode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),

        .systemLibrary(
            name: "CCompression", path: "Sources/CCompression", providers: [.apt(["zlib1g-dev", "libbrotli-dev"])]),

        .systemLibrary(name: "CXXHash", path: "Sources/CXXHash", providers: [.apt(["libxxhash-dev"])]),

        room("Base/Basics", []),
        room("Base/SQL", ["Basics"], exclude: ["Schema/schema.sqlite.sql", "Schema/schema.postgres.sql"]),
        room("Base/Operations", ["Basics", "SQL", logging]),

        room("Contract", ["Basics"]),

        room("Areas/Signals", ["Basics", "SQL", "Operations", logging]),
        room("Areas/Identity", ["Basics", "SQL", "Operations", "Signals", logging, crypto, cryptoExtras]),
        room("Areas/OAuth", ["Basics", "SQL", "Operations", "Identity", crypto, logging]),
        room("Areas/Fleet", ["Basics", "SQL", "Operations", "Signals", "Identity", logging]),
        room("Areas/Catalogue", ["Basics", "SQL", "Operations", "Signals", "Identity", yams]),
        room(
            "Areas/Workloads",
            ["Basics", "SQL", "Operations", "Signals", "Identity", "Fleet", "Catalogue", crypto, logging]),
        room("Areas/Edge", ["Basics", "SQL", "Operations", "Signals", "Fleet", "Workloads", logging]),

        room("Adapters/SQLiteDriver", ["Basics", "SQL", logging, grdb, grdbSQLite]),
        room("Adapters/PostgresDriver", ["Basics", "SQL", "CLibPQ", logging, nioPosix]),
        room(
            "Adapters/DockerEngine",
            [
                "Basics", "Fleet", logging, asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, crypto,
            ]),
        room(
            "Adapters/Egress",
            ["Basics", "Identity", "Workloads", asyncHTTPClient, nioCore, nioPosix, nioHTTP1]),
        room(
            "Adapters/MailSender", ["Basics", "Identity", logging, nioCore, nioPosix, nioSSL]),
        room("Adapters/HAProxyControl", ["Basics", "Fleet", "Edge", logging, crypto]),

        room(
            "Web/API",
            [
                "Basics", "SQL", "Operations", "Contract", "Signals", "Identity", "OAuth", "Fleet", "Catalogue",
                "Workloads", "Edge", "CCompression", "CXXHash", hummingbird, httpTypes, logging, nioCore, crypto,
            ]),
        room(
            "Web/Panel",
            [
                "Basics", "SQL", "Contract", "Identity", "OAuth", "Workloads", "CLibQREncode", hummingbird, httpTypes,
                logging, nioCore, crypto,
            ]),
        room(
            "Server",
            [
                "Basics", "SQL", "Operations", "Contract", "Signals", "Identity", "OAuth", "Fleet", "Catalogue",
                "Workloads", "Edge", "SQLiteDriver", "PostgresDriver", "DockerEngine", "HAProxyControl", "Egress",
                "MailSender",
                "API",
                "Panel",
                hummingbird, hummingbirdCore, hummingbirdHTTP2, nioSSL,
                serviceLifecycle, unixSignals, configuration, logging, nioCore,
            ]),
        .executableTarget(
            name: "berth",
            dependencies: [
                "Basics", "SQL", "Operations", "Contract", "Identity", "OAuth", "Fleet", "Catalogue", "MailSender",
                "Server",
                argumentParser,
                logging,
            ],
            path: "Sources/berth", swiftSettings: settings, linkerSettings: fastLinker),

        room(
            "TestKit",
            [
                "Basics", "SQL", "Operations", "Contract", "SQLiteDriver", "PostgresDriver", "DockerEngine", "Fleet",
                logging, nioCore, nioPosix,
            ]),

        tests("BasicsTests", ["Basics"]),
        tests("SQLTests", ["Basics", "SQL", "SQLiteDriver", "PostgresDriver", "TestKit"]),
        tests("OperationsTests", ["Basics", "SQL", "Operations", "TestKit", logging]),
        .executableTarget(
            name: "OperationsProbe",
            dependencies: ["Basics", "SQL", "Operations", "SQLiteDriver", "PostgresDriver", logging],
            path: "Tests/OperationsProbe", swiftSettings: settings, linkerSettings: fastLinker),
        tests("DockerEngineTests", ["Basics", "Fleet", "DockerEngine", "TestKit", nioCore]),
        tests(
            "HAProxyControlTests",
            [
                "Basics", "Fleet", "Edge", "DockerEngine", "HAProxyControl", "TestKit", logging, asyncHTTPClient,
                nioCore,
                nioHTTP1,
            ]),
        tests("MailSenderTests", ["Basics", "SQL", "Operations", "Identity", "MailSender", "TestKit", logging]),
        tests("FleetTests", ["Basics", "SQL", "Fleet", "TestKit"]),
        tests("CatalogueTests", ["Basics", "SQL", "Identity", "Fleet", "Catalogue", "TestKit"]),
        tests("ServerTests", ["Basics", "SQL", "Operations", "Server", "TestKit", logging]),
        tests(
            "WorkloadsTests",
            [
                "Basics", "SQL", "Operations", "Signals", "Identity", "Fleet", "Catalogue", "Workloads", "Edge",
                "TestKit", logging,
            ]),
        tests(
            "APITests",
            [
                "Basics", "SQL", "Operations", "Contract", "Signals", "Identity", "OAuth", "Fleet", "Catalogue",
                "Workloads", "Edge", "Egress", "API", "Panel", "Server", "TestKit", hummingbird, httpTypes,
                asyncHTTPClient,
                nioCore, nioPosix, nioHTTP1, logging, crypto, cryptoExtras,
            ]),
        tests(
            "EndToEndTests",
            ["Basics", "Fleet", "Workloads", "SQLiteDriver", "TestKit", asyncHTTPClient, nioCore, nioHTTP1]),
        tests("TidyTests", []),

        // What script/bench runs: the yardstick, and who measures.
        .executableTarget(
            name: "BenchHello", dependencies: [hummingbird, nioCore], path: "Tests/BenchHello",
            swiftSettings: settings, linkerSettings: fastLinker),
        .executableTarget(
            name: "BenchDrive",
            dependencies: [
                "Basics", "SQL", "Operations", "Identity", "OAuth", "Fleet", "Workloads", "Edge", "SQLiteDriver",
                "TestKit",
                logging,
            ],
            path: "Tests/BenchDrive", swiftSettings: settings, linkerSettings: fastLinker),
    ],
    swiftLanguageModes: [.v6]
)
