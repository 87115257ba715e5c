package io.tapsentinel.packaged;

import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.JsonAnswer;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import io.tapsentinel.testing.TokenGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** Everything that the doctor asks: TAP, the ingestion endpoint over https with tokens, an identity. Each can be made to fail. */
final class DoctorServices implements AutoCloseable {

    static final String OBJECT = "11111111-2222-3333-4444-555555555555";
    /** Shaped as Microsoft Entra ID's, so that it says whose it is. */
    static final String TOKEN = part("{\"alg\":\"none\"}") + '.'
            + part("{\"oid\":\"" + OBJECT
                    + "\",\"appid\":\"66666666-7777-8888-9999-000000000000\",\"name\":\"name-in-a-token\"}")
            + ".signature-of-a-test";

    private final LiveServices services =
            new LiveServices(SandboxSettings.builder().seed(61).eventsPerHour(6_000), Duration.ofMinutes(20));
    private final ScriptedServer tap = new ScriptedServer(services.tapUri());
    private final TokenGate gate = new TokenGate(services.sink(), TOKEN);
    private final TestAuthority authority;
    private final SecureServer sink;
    private final IdentityEndpoint identity = new IdentityEndpoint();
    private volatile HttpHandler answers = gate;

    DoctorServices(TestAuthority authority) throws Exception {
        this.authority = authority;
        identity.give(TOKEN);
        sink = new SecureServer(authority, exchange -> answers.handle(exchange));
    }

    /** A program for which all is well, but for what is set afterwards. */
    PackagedProgram.Launch launch(Path folder) throws IOException {
        return PackagedProgram.in(folder)
                .with("tls.ca-file", authority.file().toString())
                .with("tap.url", tap.uri().toString())
                .with("tap.principal", LiveServices.PRINCIPAL)
                .with("tap.secret", LiveServices.SECRET)
                .with("sentinel.endpoint", sink.uri().toString())
                .with("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID)
                .environment(identity.environment());
    }

    LiveServices services() {
        return services;
    }

    ScriptedServer tap() {
        return tap;
    }

    /** What has come through to the tables' endpoint. */
    TokenGate gate() {
        return gate;
    }

    /** The ingestion endpoint answers so to every request for a stream whose path has this in it. */
    DoctorServices refuse(String stream, int status, String code, String text) {
        answers = exchange -> {
            if (exchange.getRequestURI().getPath().contains(stream)) {
                exchange.getResponseHeaders().set("x-ms-error-code", code);
                JsonAnswer.send(
                        exchange, status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + text + "\"}}");
            } else {
                gate.handle(exchange);
            }
        };
        return this;
    }

    /** The identity is refused its tokens. */
    DoctorServices withoutIdentity() {
        identity.refuse(true);
        return this;
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        identity.close();
        sink.close();
        tap.close();
        services.close();
    }
}
