import HTTPTypes
import Hummingbird
import NIOCore

/// The only script there is: it takes what a form wants of the browser's passkeys, and fills in the answer. Everything
/// else is forms.
enum PasskeyScript {
    static let path = "/panel-passkeys.js"

    /// A form that the script shows, when the browser knows passkeys, and fills in. `options` is JSON for
    /// `navigator.credentials.get`.
    static func form(_ action: String, _ options: String, _ token: HTML, _ destination: String, _ label: String) -> HTML
    {
        """
        <form method="post" action="\(action)" data-passkey-get="\(options)" hidden>
        \(token)
        <input type="hidden" name="return" value="\(destination)">
        <input type="hidden" name="credential_id" value="">
        <input type="hidden" name="client_data" value="">
        <input type="hidden" name="authenticator_data" value="">
        <input type="hidden" name="signature" value="">
        <p data-passkey-problem role="alert" hidden></p>
        <button class="yes">\(label)</button>
        </form>
        """
    }

    static let response = Response(
        status: .ok,
        headers: [
            .contentType: "text/javascript; charset=utf-8", .cacheControl: "public, max-age=3600",
            .xContentTypeOptions: "nosniff",
        ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))

    private static let text = """
        "use strict";

        const bytes = (text) =>
            Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

        const text = (buffer) => {
            let letters = "";
            for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte);
            return btoa(letters).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
        };

        const named = (list) => (list || []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

        async function make(form) {
            const options = JSON.parse(form.dataset.passkeyCreate);
            options.challenge = bytes(options.challenge);
            options.user.id = bytes(options.user.id);
            options.excludeCredentials = named(options.excludeCredentials);
            const made = await navigator.credentials.create({ publicKey: options });
            return {
                client_data: made.response.clientDataJSON,
                attestation: made.response.attestationObject,
            };
        }

        async function use(form) {
            const options = JSON.parse(form.dataset.passkeyGet);
            options.challenge = bytes(options.challenge);
            options.allowCredentials = named(options.allowCredentials);
            const found = await navigator.credentials.get({ publicKey: options });
            return {
                credential_id: found.rawId,
                client_data: found.response.clientDataJSON,
                authenticator_data: found.response.authenticatorData,
                signature: found.response.signature,
            };
        }

        for (const form of document.querySelectorAll("form[data-passkey-create], form[data-passkey-get]")) {
            if (!window.PublicKeyCredential) continue;
            form.hidden = false;
            form.addEventListener("submit", async (event) => {
                event.preventDefault();
                const problem = form.querySelector("[data-passkey-problem]");
                problem.hidden = true;
                try {
                    const answer = await (form.dataset.passkeyCreate ? make(form) : use(form));
                    for (const [name, value] of Object.entries(answer)) form.elements[name].value = text(value);
                    form.submit();
                } catch (error) {
                    problem.textContent =
                        error.name === "InvalidStateError"
                            ? "This device has a passkey for this account already."
                            : "That did not work, or was cancelled. Try again.";
                    problem.hidden = false;
                }
            });
        }

        """
}
