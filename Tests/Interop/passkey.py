"""An authenticator for tests: soft-webauthn, which keeps its one passkey in FILE.

    passkey.py FILE create|get OPTIONS ORIGIN

OPTIONS is what our pages give the browser, with bytes in base64url; prints what the browser would send, in the same.
It makes sure of nobody (no user verification).
"""
import base64, json, os, sys
from cryptography.hazmat.primitives import serialization
from soft_webauthn import SoftWebauthnDevice


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


path, action, options, origin = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]
device = SoftWebauthnDevice()
options["challenge"] = decode(options["challenge"])
if action == "create":
    options["user"]["id"] = decode(options["user"]["id"])
    made = device.create({"publicKey": options}, origin)
    answer = {
        "client_data": made["response"]["clientDataJSON"],
        "attestation": made["response"]["attestationObject"],
    }
else:
    with open(path) as file:
        kept = json.load(file)
    device.cred_init(kept["site"], decode(kept["user"]))
    device.credential_id = decode(kept["id"])
    device.private_key = serialization.load_pem_private_key(kept["key"].encode(), None)
    device.sign_count = kept["count"]
    used = device.get({"publicKey": options}, origin)
    answer = {
        "credential_id": used["rawId"],
        "client_data": used["response"]["clientDataJSON"],
        "authenticator_data": used["response"]["authenticatorData"],
        "signature": used["response"]["signature"],
    }
with open(path, "w") as file:
    key = device.private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    json.dump({
        "id": encode(device.credential_id), "site": device.rp_id, "user": encode(device.user_handle),
        "key": key.decode(), "count": device.sign_count}, file)
json.dump({name: encode(value) for name, value in answer.items()}, sys.stdout)
