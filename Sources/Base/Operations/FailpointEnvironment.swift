#if FAILPOINTS
    enum FailpointEnvironment {
        static func read() -> Failpoints { .none }
    }
#endif
