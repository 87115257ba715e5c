package io.tapsentinel.sentinel.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import io.tapsentinel.net.Network;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.sentinel.azure.AzureCloud;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** An upload is one request, and its result is the service's answer. */
class IngestionUploaderTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final String STREAM = "Custom-" + TYPE.table();
    private static final String ROW = "{\"TimeGenerated\":\"2026-11-20T12:00:00Z\",\"id\":\"1\"}";

    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> rows = Collections.synchronizedList(new ArrayList<>());
    private LoopbackServer server;

    private record Request(String method, String uri, Headers headers, byte[] body) {}

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void batchIsSentGzippedAndAcknowledged() throws Exception {
        SandboxIngestion ingestion = new SandboxIngestion((table, accepted) ->
                accepted.forEach(row -> rows.add(table + " " + new String(row, StandardCharsets.UTF_8))));
        Uploader uploader = uploaderTo(ingestion);

        uploader.upload(STREAM, ("[" + ROW + "," + ROW + "]").getBytes(StandardCharsets.UTF_8));

        assertThat(rows).containsExactly(TYPE.table() + " " + ROW, TYPE.table() + " " + ROW);
        Request request = requests.get(0);
        assertThat(request.method() + " " + request.uri())
                .isEqualTo("POST /dataCollectionRules/" + SandboxIngestion.RULE_ID + "/streams/" + STREAM
                        + "?api-version=2023-01-01");
        assertThat(request.headers().get("Content-Encoding")).containsExactly("gzip");
        assertThat(request.headers().getFirst("Content-Type")).startsWith("application/json");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes())
                .isEqualTo(("[" + ROW + "," + ROW + "]").getBytes(StandardCharsets.UTF_8));
        assertThat(request.headers()).doesNotContainKey("Authorization");
    }

    @Test
    void refusalHasStatusCodeTextAndRequestId() throws Exception {
        Uploader uploader = uploaderTo(new SandboxIngestion((table, accepted) -> {}));

        UploadException refused = refusal(uploader, "[{\"id\":\"1\"}]");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused)
                .hasMessageMatching(
                        "Sentinel answered 400 InvalidContent: .*TimeGenerated.* \\(request id [0-9a-f-]{36}\\)");
        assertThat(requests).hasSize(1);
    }

    @Test
    void partsOfARefusalAreAvailable() throws Exception {
        UploadException refused = refusal(
                uploaderTo(exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "17");
                    exchange.getResponseHeaders().set("x-ms-request-id", "abc-1");
                    answer(429, "{\"error\":{\"code\":\"TooMany\",\"message\":\"slow\\r\\ndown\"}}")
                            .handle(exchange);
                }),
                "[]");

        assertThat(refused.answer())
                .isEqualTo(new UploadException.Answer("TooMany", "slow down", "abc-1", Duration.ofSeconds(17)));
    }

    @Test
    void emptyErrorHasNoParts() throws Exception {
        assertThat(refusal(uploaderTo(answer(503, "")), "[]").answer()).isEqualTo(UploadException.Answer.NONE);
    }

    @Test
    void errorPageOfAProxyHasOnlyItsStatus() throws Exception {
        Uploader uploader = uploaderTo(answer(502, "<html>Your invoice</html>"));

        assertThat(refusal(uploader, "[]")).hasMessage("Sentinel answered 502");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "7", "{\"error\":\"text\"}", "{\"error\":{\"code\":7}}", "{"})
    void oddErrorDocumentIsTolerated(String body) throws Exception {
        assertThat(refusal(uploaderTo(answer(404, body)), "[]"))
                .hasMessageContaining("Sentinel answered 404")
                .matches(e -> e.status() == 404);
    }

    @Test
    void longErrorTextIsCut() throws Exception {
        String text = "no\\nsuch " + "x".repeat(5_000);

        assertThat(refusal(
                        uploaderTo(answer(400, "{\"error\":{\"code\":\"Bad\",\"message\":\"" + text + "\"}}")), "[]"))
                .hasMessageContaining("400 Bad: no such xxx")
                .hasMessageNotContaining("\n")
                .extracting(Throwable::getMessage)
                .asString()
                .hasSizeLessThan(450);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202})
    void onlyStatus204Acknowledges(int status) throws Exception {
        UploadException refused = refusal(uploaderTo(answer(status, "")), "[]");

        assertThat(refused.status()).isEqualTo(status).isEqualTo(UploadException.statusIn(refused.getMessage()));
        assertThat(refused).hasMessageContaining("answered " + status).hasMessageContaining("sentinel.endpoint");
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504})
    void uploadIsExactlyOneRequest(int status) throws Exception {
        Uploader uploader = uploaderTo(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
        });

        UploadException refused = refusal(uploader, "[]");

        assertThat(refused.status()).isEqualTo(status);
        assertThat(UploadException.statusIn(refused.getMessage()))
                .as("the status in the message")
                .isEqualTo(status);
        assertThat(requests).hasSize(1);
    }

    @Test
    void droppedConnectionIsStatusZeroAfterOneRequest() throws Exception {
        Uploader uploader = uploaderTo(exchange -> {});

        assertThat(refusal(uploader, "[]").status()).isZero();
        assertThat(requests).hasSize(1);
    }

    @Test
    @Timeout(20)
    void timeoutIsStatusZeroAndMayHaveBeenStored() throws Exception {
        CountDownLatch tested = new CountDownLatch(1);
        Uploader uploader = uploaderTo(exchange -> {
            try {
                tested.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        UploadException unanswered = catchThrowableOfType(
                UploadException.class, () -> uploader.upload(STREAM, "[]".getBytes(), Duration.ofMillis(200)));
        tested.countDown();

        assertThat(unanswered.status()).isZero();
        assertThat(UploadException.statusIn(unanswered.getMessage())).isZero();
        assertThat(unanswered.sent()).isTrue();
        assertThat(unanswered).hasMessageEndingWith(": request timed out");
    }

    @Test
    void refusedConnectionIsStatusZero() throws Exception {
        Uploader uploader = uploaderTo(answer(204, ""));
        server.close();

        UploadException refused = refusal(uploader, "[]");

        assertThat(refused.status()).isZero();
        assertThat(Refusal.mayBeStored(refused)).as("nothing was sent").isFalse();
        assertThat(refused)
                .hasMessage("no answer from 127.0.0.1:" + server.uri().getPort() + ": cannot connect");
    }

    @Test
    void errorInATokenRequestIsRethrown() {
        Error error = new OutOfMemoryError("a test's");
        URI endpoint = URI.create("https://127.0.0.1:1");
        Uploader uploader = new IngestionUploader(
                endpoint,
                () -> new LogsIngestionClientBuilder()
                        .endpoint(endpoint.toString())
                        .credential(request ->
                                Mono.error(new ClientAuthenticationException("no token", null, new IOException(error))))
                        .buildClient(),
                SandboxIngestion.RULE_ID);

        assertThatThrownBy(() -> uploader.upload(STREAM, new byte[0])).isSameAs(error);
    }

    private static UploadException refusal(Uploader uploader, String body) {
        UploadException refused = catchThrowableOfType(
                UploadException.class, () -> uploader.upload(STREAM, body.getBytes(StandardCharsets.UTF_8)));
        assertThat(refused).isNotNull();
        return refused;
    }

    private static HttpHandler answer(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private Uploader uploaderTo(HttpHandler service) throws IOException {
        server = LoopbackServer.start(
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    requests.add(new Request(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            exchange.getRequestHeaders(),
                            body));
                    exchange.setStreams(new ByteArrayInputStream(body), null);
                    service.handle(exchange);
                    exchange.close();
                },
                0);
        return new IngestionUploader(
                server.uri(),
                new IngestionClients(
                                server.uri().toString(), AzureCloud.PUBLIC, Network.of(Map.of(), Map.of()), Map.of())
                        ::anonymous,
                SandboxIngestion.RULE_ID);
    }
}
