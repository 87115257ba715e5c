package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.HalfOpenConnections;
import io.tapsentinel.testing.Http;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedHttpServersTest {

    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
    private static final String PARTIAL = "GET / HTTP/1.1\r\nHost: loc";

    private BoundedHttpServers vertx;
    private HttpServer server;

    private final List<Error> fatal = new CopyOnWriteArrayList<>();

    private void start(Duration idle) throws Exception {
        start(idle, request -> request.response().end("well"));
    }

    private void start(Duration idle, Handler<HttpServerRequest> handler) throws Exception {
        vertx = new BoundedHttpServers(idle, fatal::add);
        server = vertx.createHttpServer(new HttpServerOptions())
                .requestHandler(handler)
                .listen(0, HOST)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", PARTIAL})
    void atMostAHundredConnectionsStayOpenAndTheNewestIsServed(String sent) throws Exception {
        start(Duration.ofMinutes(1));

        try (HalfOpenConnections connections = HalfOpenConnections.open(600, server.actualPort(), sent)) {
            await("the oldest are closed")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> connections.open() == BoundedHttpServers.MOST_CONNECTIONS);
            assertThat(ask()).isEqualTo("well");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", PARTIAL})
    void idleConnectionIsClosed(String sent) throws Exception {
        start(Duration.ofSeconds(1));

        try (HalfOpenConnections connections = HalfOpenConnections.open(10, server.actualPort(), sent)) {
            await("all are closed").atMost(Duration.ofSeconds(10)).until(() -> connections.open() == 0);
            assertThat(ask()).isEqualTo("well");
        }
    }

    @Test
    void errorOnTheServerThreadIsHandled() throws Exception {
        Error error = new OutOfMemoryError("a test's");
        start(Duration.ofSeconds(1), request -> {
            throw error;
        });

        assertThatThrownBy(this::ask).isInstanceOf(IOException.class);

        assertThat(fatal).contains(error);
    }

    private String ask() throws IOException, InterruptedException {
        return Http.get(server.actualPort(), "/").body();
    }
}
