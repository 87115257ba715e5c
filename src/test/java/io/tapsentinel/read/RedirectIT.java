package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SimulatedRun;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server in TAP's place, or a proxy, redirects the program to another host. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedirectIT extends SimulatedRun {

    @AutoClose
    private ScriptedServer tap;

    @AutoClose
    private ScriptedServer other;

    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    @BeforeEach
    void redirect() throws IOException {
        tap = new ScriptedServer(services.tapProxy().uri());
        other = new ScriptedServer(services.tapProxy().uri()).script(call -> {
            authorizations.add(call.header("Authorization"));
            return ScriptedServer.Step.PASS;
        });
        tap.next(this::toTheOther);
    }

    @Test
    void redirectIsNotFollowed() throws Exception {
        services.with("tap.url", tap.uri().toString()).start().poll();

        assertThat(tap.requests()).isEqualTo(1);
        assertThat(other.requests()).isZero();
        assertThat(log.lines()).anyMatch(line -> line.contains("UTC failed, ") && line.contains("302"));
    }

    @Test
    void routeThatFollowsARedirectSendsNoCredentials() throws Exception {
        HttpClientBuilder builder = HttpClientBuilder.create();
        new TapCredentials(tap.uri(), "principal", () -> "secret").configureHttpClient(builder);
        try (CloseableHttpClient client = builder.build()) {
            client.execute(new HttpGet(tap.uri().resolve("/v2/siem/all")), response -> null);
        }

        assertThat(authorizations).containsExactly("");
    }

    private void toTheOther(ScriptedRequest call) throws IOException {
        assertThat(call.header("Authorization")).startsWith("Basic ");
        call.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + other.uri() + "/v2/siem/all\r\n\r\n");
    }
}
