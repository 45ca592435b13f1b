"""A mail server for tests: aiosmtpd, which keeps what it accepts in FOLDER/accepted.jsonl.

    smtpd.py FOLDER [tls=none|starttls|implicit] [user=NAME:PASSWORD] [ways=PLAIN,LOGIN] [utf8=no] [ehlo=no] [inject=yes]

The recipient decides: reject@ 550, later@ 451, junk@ 554 after the text, lost@ the connection ends within the text,
slow@ accepted and written down, but the first answer takes a minute, pause@ a second. Prints its port, and ends with its standard input.
"""
import asyncio, base64, email, email.policy, json, os, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
options = dict(pair.split("=", 1) for pair in sys.argv[2:])
tls = options.get("tls", "none")


def check(server, session, envelope, mechanism, data):
    user, password = options["user"].split(":", 1)
    good = data.login == user.encode() and data.password == password.encode()
    session.way = mechanism
    return AuthResult(success=good, handled=False)


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "reject":
            return "550 5.1.1 Nobody of that name\twith\x07a bell"
        if name == "later":
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "junk":
            return "554 5.7.1 That is junk"
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        line = json.dumps({
            "subject": message["subject"], "text": message.get_content().replace("\r\n", "\n"), "sender": str(message["from"]),
            "messageID": message["message-id"], "defects": [str(each) for each in message.defects],
            "from": envelope.mail_from, "to": envelope.rcpt_tos[0], "options": envelope.mail_options,
            "data": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None or tls == "implicit", "way": getattr(session, "way", None),
            "host": session.host_name,
        })
        with open(f"{folder}/accepted.jsonl", "a") as file:
            file.write(line + "\n")
        if name == "slow" and not os.path.exists(f"{folder}/slow"):
            open(f"{folder}/slow", "w").close()
            await asyncio.sleep(60)
        if name == "pause":
            await asyncio.sleep(1)
        return "250 2.0.0 Kept"


class Server(SMTP):
    async def smtp_EHLO(self, hostname):
        if options.get("ehlo") == "no":
            return await self.push("502 That is new to me")
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg):
        if self.envelope.rcpt_tos and self.envelope.rcpt_tos[0].startswith("lost@"):
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


async def inject(reader, writer):
    """Somebody on the way puts an answer behind the one that begins TLS."""
    writer.write(b"220 here\r\n")
    while line := await reader.readline():
        if line.upper().startswith(b"EHLO"):
            writer.write(b"250-here\r\n250 STARTTLS\r\n")
        elif line.upper().startswith(b"STARTTLS"):
            writer.write(b"220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n")
        else:
            writer.write(b"250 yes\r\n")
        await writer.drain()


def factory():
    kind = dict(decode_data=False, enable_SMTPUTF8=options.get("utf8") != "no", hostname="mail.test")
    if tls == "starttls":
        kind.update(tls_context=context, require_starttls=options.get("require") == "yes")
    if "user" in options:
        kind.update(authenticator=check, auth_required=True, auth_require_tls=tls == "starttls")
        offered = options.get("ways", "PLAIN,LOGIN").split(",")
        kind.update(auth_exclude_mechanism=[way for way in ("PLAIN", "LOGIN") if way not in offered])
    return Server(Keeper(), **kind)


async def main():
    global context
    context = None
    if tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server-key.pem")
    loop = asyncio.get_running_loop()
    if "inject" in options:
        server = await asyncio.start_server(inject, "127.0.0.1", 0)
    else:
        server = await loop.create_server(
            factory, "127.0.0.1", int(options.get("port", "0")), ssl=context if tls == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
