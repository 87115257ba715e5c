package io.tapsentinel.sentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.ReadAnswer;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AzureHttpTest {

    private static final Network NETWORK = Network.of(Map.of(), Map.of());
    private static final Duration LONG = Duration.ofSeconds(60);

    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @AutoClose
    private final ScriptedServer server = new ScriptedServer(URI.create("http://127.0.0.1:1"));

    AzureHttpTest() throws IOException {}

    /** The context keys that Azure's SDKs set on a request, which decide how its answer is read. */
    private enum Kind {
        UPLOAD(new Context("caller-method", "upload").addData("azure-eagerly-read-response", true)),
        WITHOUT_RESULT(new Context("caller-method", "delete").addData("azure-ignore-response-body", true)),
        TOKEN(Context.NONE),
        DOWNLOAD(new Context("caller-method", "download"));

        private final Context context;

        Kind(Context context) {
            this.context = context;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endlessErrorBodyIsCutAndConnectionClosed(Kind kind) {
        server.next(call -> endless(call, 500, "a".repeat(0x1001)));

        HttpResponse answer = send(http(LONG), kind);

        assertThat(answer.getStatusCode()).isEqualTo(500);
        assertThat(answer.getBodyAsByteArray().block()).hasSize(65_536).containsOnly('a');
        await().until(() -> closed.get() == 1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DOWNLOAD")
    void endlessBodyFailsTheRequestUnlessItIsADownload(Kind kind) {
        server.next(call -> endless(call, 200, "a".repeat(0x10000)));

        assertThatThrownBy(() -> send(http(LONG), kind)).hasMessageContaining("longer than 1 MiB");
        await().until(() -> closed.get() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void slowErrorBodyTimesOut(Kind kind) {
        server.next(call -> endless(call, 500, "a"));

        assertThatThrownBy(() -> send(http(Duration.ofMillis(300)), kind))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(HttpTimeoutException.class)
                .hasMessageContaining("takes longer than");
        await().until(() -> closed.get() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void bodyWithinTheLimitIsComplete(Kind kind) {
        String text = "\u00e4".repeat(1 << 15);
        server.next(call -> call.send(ScriptedRequest.Answer.of(404, "text/plain; charset=utf-8", text)));

        HttpResponse answer = send(http(LONG), kind);

        assertThat(answer.getStatusCode()).isEqualTo(404);
        assertThat(answer.getHeaders().getValue(HttpHeaderName.CONTENT_TYPE)).startsWith("text/plain");
        assertThat(answer.getBodyAsString().block().equals(text)).isTrue();
        assertThat(answer.getBodyAsBinaryData().toString().equals(text)).isTrue();
    }

    @Test
    void downloadHasNoLimit() {
        byte[] body = new byte[(1 << 20) + 1];
        server.next(call -> call.send(new ScriptedRequest.Answer(200, Map.of(), body)));

        assertThat(send(http(LONG), Kind.DOWNLOAD).getBodyAsByteArray().block()).hasSize(body.length);
    }

    @Test
    void wrappedErrorIsRethrown() {
        Error error = new OutOfMemoryError("a test's");
        AzureHttp http = new AzureHttp(NETWORK, LONG, 1, () -> failing(new IOException(error.getMessage(), error)));

        assertThatThrownBy(() -> send(http, Kind.UPLOAD)).isSameAs(error);
    }

    @Test
    void deadClientIsReplacedAfterTenRequests() {
        AzureHttp http = new AzureHttp(
                NETWORK,
                LONG,
                1,
                () -> clients.incrementAndGet() == 1
                        ? failing(new IOException("selector manager closed"))
                        : request -> Mono.just(new ReadAnswer(request, 204, new HttpHeaders(), new byte[0])));
        for (int i = 0; i < 10; i++) {
            assertThat(clients).hasValue(1);
            assertThatThrownBy(() -> send(http, Kind.UPLOAD)).isInstanceOf(UncheckedIOException.class);
        }

        assertThat(clients).hasValue(2);
        assertThat(send(http, Kind.UPLOAD).getStatusCode())
                .as("the second client's answer")
                .isEqualTo(204);
    }

    private static AzureHttp http(Duration answer) {
        return new AzureHttp(NETWORK, LONG, answer, 1);
    }

    private HttpResponse send(AzureHttp http, Kind kind) {
        return http.sendSync(new HttpRequest(HttpMethod.GET, server.uri().toString()), kind.context);
    }

    /** Writes until the client closes the connection. */
    private void endless(ScriptedRequest call, int status, String part) {
        try {
            call.write("HTTP/1.1 " + status + " Scripted\r\ntransfer-encoding: chunked\r\n\r\n");
            while (true) {
                call.write(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
            }
        } catch (IOException gone) {
            closed.incrementAndGet();
        }
    }

    private static HttpClient failing(IOException failure) {
        return request -> Mono.error(new UncheckedIOException(failure));
    }
}
