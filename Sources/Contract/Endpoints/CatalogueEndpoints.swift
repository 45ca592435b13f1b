import Basics

/// What can be ordered, and where it can run.
package enum CatalogueEndpoints {
    package static let images = Endpoint<Nothing, ImageList>(
        .get, "/api/container_images", id: "image_list", "Images you may order or own, by label",
        access: .account(scopes: [.public, .imagesRead]), paging: .always,
        query: [
            QueryParameter("filter", ImageFilterWord.schema, "owned: your own only."),
            QueryParameter("byname", .string(format: nil, choices: []), "Part of the label."),
        ])

    package static let image = Endpoint<Nothing, ImageAnswer>(
        .get, "/api/container_images/{image_id}", id: "image_view", "One image",
        access: .account(scopes: [.public, .imagesRead]))

    package static let products = Endpoint<Nothing, ProductList>(
        .get, "/api/products", id: "product_list", "Packages of your billing plan, once per active zone",
        access: .account(scopes: [.profileRead]), paging: .onRequest)

    package static let locations = Endpoint<Nothing, LocationList>(
        .get, "/api/locations", id: "location_list", "All locations by name", access: ProjectEndpoints.read,
        paging: .always)
}

/// What was done.
package enum EventEndpoints {
    package static let view = Endpoint<Nothing, EventAnswer>(
        .get, "/api/event_logs/{event_id}", id: "event_view", "One event with its details",
        access: ProjectEndpoints.read)
}

/// Which images a list shows.
package enum ImageFilterWord: String, WireWord { case owned, isLoadBalancer }
