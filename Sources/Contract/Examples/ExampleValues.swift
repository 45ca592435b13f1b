import Basics

/// What members of views hold in examples, by name: `name`, or `OrderView.id` where the type makes a difference. A
/// member that is not here holds what its type has as a sample.
package enum ExampleValues {
    /// The value of a member; nil when there is none of that type.
    static func value<T>(of type: T.Type, named name: String, in owner: String) -> T? {
        if let word = words.first(where: { $0 is T }) as? T { return word }
        func found<Value>(_ values: [String: Value]) -> T? { (values["\(owner).\(name)"] ?? values[name]) as? T }
        switch type {
        case is String.Type: return found(texts)
        case is Int64.Type: return found(numbers)
        case is Bool.Type: return found(flags)
        case is [String].Type: return found(lists)
        case is DecimalText.Type: return found(decimals)
        case is ReferenceView.Type: return found(references)
        case is Timestamp.Type: return found(times)
        case is [Int].Type: return found(versions)
        default: return nil
        }
    }

    /// Names that are used, for the test that none is left over.
    package static let names = Set(texts.keys).union(numbers.keys).union(flags.keys).union(lists.keys)
        .union(decimals.keys).union(references.keys).union(times.keys).union(versions.keys)

    /// The state that things are in most of the time.
    private static let words: [any Sendable] = [
        ServiceView.State.online, ContainerView.State.online, ProjectView.State.ok, EventStatus.completed,
        OrderStatus.completed,
    ]

    private static let texts = [
        "name": "Shop", "label": "nginx", "email": "ada@example.com", "fname": "Ada", "lname": "Lovelace",
        "full_name": "Ada Lovelace", "phone": "+44 20 7946 0018", "address1": "12 St James's Square",
        "address2": "Second floor", "city": "London", "company_name": "Analytical Engines", "country": "GB",
        "timezone": "UTC", "zip": "SW1Y 4JH", "vat": "GB123456789", "state": "London", "locale": "en",
        "code": "USD", "symbol": "$", "currency": "USD", "external_id": "4711", "username": "3vGq0Rk9TtY2",
        "password": "bth_sk_…", "key": "bth_ak_…", "uid": "5mC0tq8Zr1", "secret": "bth_cs_…",
        "SigningSecretView.secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "redirect_uri": "https://shop.example/callback", "owner_type": "User",
        "url": "https://shop.example/hook", "authorization": "Bearer 8f14e45f",

        "OrderView.id": order, "OrderSummaryView.id": order,
        "ContainerView.name": "web-1",
        "ServiceView.name": "web", "local_ip": "10.100.0.2", "public_ip": "203.0.113.20", "icon_url": icon,
        "ServiceView.label": "Shop", "default_domain": "web-1.apps.berth.example", "role": "web",
        "registry_image_path": "docker.io/library/nginx", "registry_image_tag": "1.27", "mount_path": "/var/www",
        "borg_freq": "@daily", "borg_strategy": "file", "proto": "http", "tcp_proxy_opt": "none", "term": "hour",
        "param_type": "static", "category": "web", "path": "nginx:1.27", "domain": "Point a CNAME at this name.",
        "access_token": "bth_at_…", "refresh_token": "bth_rt_…", "token_type": "Bearer",
        "scope": "profile_read project_read", "client_id": "5mC0tq8Zr1", "sub": "42", "device_code": "bth_dc_…",
        "user_code": "WDJB-MJHT", "version": "0.1.0", "api_latest_version": "60",
        "TIME": "00:00:01", "STIME": "09:05", "TTY": "?", "CMD": "nginx: worker process", "UID": "root",
        "issuer": site, "resource": "\(site)/api", "verification_uri": "\(site)/activate",
        "verification_uri_complete": "\(site)/activate?user_code=WDJB-MJHT",
        "authorization_endpoint": "\(site)/api/oauth/authorize", "token_endpoint": "\(site)/api/oauth/token",
        "device_authorization_endpoint": "\(site)/api/oauth/device_authorization",
        "revocation_endpoint": "\(site)/api/oauth/revoke", "introspection_endpoint": "\(site)/api/oauth/introspect",
        "service_documentation": "\(site)/documentation/api", "services": "\(site)/api/projects/1/services",
        "container_images": "\(site)/api/projects/1/images", "project": "\(site)/api/projects/1",
        "bastions": "\(service)/bastions", "ProjectViewLinks.bastions": "\(site)/api/projects/1/bastions",
        "command": "nginx -g 'daemon off;'", "LocationView.name": "East", "ProductView.name": "small",
        "SSHKeyView.label": "ada@laptop", "ImageEnvParamView.name": "TZ", "ImageEnvParamView.label": "Time zone",
        "env_value": "build.settings.tz", "static_value": "UTC", "value": "UTC", "ImageVariantView.label": "1.27",
        "ImageView.description": "A web server.", "registry_custom": "registry.example", "registry_username": "pull",
        "general": "Put your site into the volume.", "ssh": "Use the bastion of the project.",
        "ImageView.name": "nginx",
        "remote": "It listens on port 80.", "before_migrate": "nginx -t", "after_migrate": "nginx -t",
        "rollback_migrate": "nginx -t", "ServiceImageView.name": "nginx", "ServiceImageViewVariant.name": "1.27",
        "ServiceImageViewVariant.label": "1.27", "ServicePackageView.label": "small", "ImageVolumeView.label": "site",
        "containers": "\(service)/containers", "events": "\(service)/events",
        "ingress_rules": "\(service)/ingress_rules", "metadata": "\(service)/metadata", "logs": "\(service)/logs",
        "products": "\(site)/api/products", "container_service": service,
        "domains": "\(site)/api/networks/ingress_rules/1/domains",
    ]

    private static let numbers: [String: Int64] = [
        "port": 80, "port_nat": 0, "memory": 512, "min_memory": 128, "expires_in": 7200, "interval": 5,
        "exp": 1_790_007_200, "iat": 1_790_000_000, "TokenAnswer.created_at": 1_790_000_000,
        "TokenInfoView.created_at": 1_790_000_000, "quota": 25, "available": 24, "user_id": 42,
        "resource_owner_id": 42, "owner_id": 42, "PersonView.id": 42, "UserView.id": 42, "UserCreatedView.id": 42,
        "PID": 31, "PPID": 1, "C": 0, "storage": 10, "bandwidth": 1000, "backup": 10, "local_disk": 10,
        "memory_swap": 512, "memory_swappiness": 60, "DeviceAuthorizationAnswer.expires_in": 900,
    ]

    private static let flags = [
        "is_over": false, "is_load_balancer": false, "skip_ssh": false,
        "auto_scale": false, "auto_scale_horizontal": false, "is_free": false, "notice": false,
    ]

    private static let lists = [
        "scopes": ["profile_read", "project_read"], "scope": ["profile_read", "project_read"],
        "addresses": ["203.0.113.0/24"], "scopes_supported": Scope.allCases.map(\.rawValue),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"], "authorization_servers": [site],
        "bearer_methods_supported": ["header"], "public_ip": ["203.0.113.20"], "icons": [icon],
        "image_names": ["nginx"], "available_vars": ["TZ"], "borg_pre_backup": [], "borg_post_backup": [],
        "borg_pre_restore": [], "borg_post_restore": [], "borg_rollback": [],
    ]

    private static let decimals = [
        "price": DecimalText(nano: 12_500_000),
        "unprocessed_usage": DecimalText(nano: 1_250_000_000), "auto_scale_max": DecimalText(nano: 0),
    ]

    private static let references = [
        "region": ReferenceView(id: 1, name: "East"), "availability_zone": ReferenceView(id: 1, name: "east-1"),
        "location": ReferenceView(id: 1, name: "East"), "billing_plan": ReferenceView(id: 1, name: "Standard"),
        "image": ReferenceView(id: 1, name: "nginx"),
    ]

    private static let times = ["expires_at": Timestamp(Moment(milliseconds: 1_956_528_000_000))]

    private static let versions = ["api_available_versions": Contract.versions]

    static let order = "3f0c9c2e-7a1d-4b52-9f5e-2c8d1e6a7b90"
    private static let site = "https://berth.example"
    private static let service = "https://berth.example/api/container_services/1"
    private static let icon = "https://berth.example/icons/nginx.png"
}
