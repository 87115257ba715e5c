package io.tapsentinel.sentinel.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.testing.Foreign;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A refused token is replaced, once. */
class TokenRenewalTest {

    private final AtomicInteger clients = new AtomicInteger();
    private final CountDownLatch heldRequests = new CountDownLatch(2);
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile String accepted = "token-1";
    private volatile boolean hold;
    private LoopbackServer server;
    private Uploader uploader;

    @BeforeEach
    void start() throws IOException {
        server = LoopbackServer.start(
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    boolean good = ("Bearer " + accepted)
                            .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                    if (hold) {
                        heldRequests.countDown();
                        awaitRelease();
                    }
                    exchange.sendResponseHeaders(good ? 204 : 401, -1);
                    exchange.close();
                },
                0);
        uploader = new IngestionUploader(server.uri(), this::client, SandboxIngestion.RULE_ID);
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
    }

    @Test
    void nextUploadAfterARefusalHasANewToken() {
        accepted = "token-2";
        assertThat(upload().status()).isEqualTo(401);

        uploader.renew();

        assertThat(upload()).isNull();
        assertThat(clients).hasValue(2);
    }

    @Test
    void tokenThatWasNotRefusedIsKept() {
        uploader.renew();
        assertThat(upload()).isNull();
        uploader.renew();

        assertThat(upload()).isNull();
        assertThat(clients).hasValue(1);
    }

    @Test
    void sendersRefusedTogetherShareOneNewToken() throws Exception {
        accepted = "token-2";
        hold = true;
        CompletableFuture<UploadException> one = CompletableFuture.supplyAsync(this::upload);
        CompletableFuture<UploadException> other = CompletableFuture.supplyAsync(this::upload);
        assertThat(heldRequests.await(10, TimeUnit.SECONDS))
                .as("both requests arrived")
                .isTrue();
        hold = false;
        release.countDown();
        assertThat(one.get().status()).isEqualTo(401);
        assertThat(other.get().status()).isEqualTo(401);

        uploader.renew();
        assertThat(upload()).isNull();
        uploader.renew();

        assertThat(upload()).isNull();
        assertThat(clients).hasValue(2);
    }

    @Test
    void refusedNewTokenIsReplacedToo() {
        accepted = "token-3";
        for (int i = 0; i < 2; i++) {
            assertThat(upload().status()).isEqualTo(401);
            uploader.renew();
        }

        assertThat(upload()).isNull();
        assertThat(clients).hasValue(3);
    }

    @Test
    void failedConnectionForATokenIsStatusZero() {
        UploadException refused = withoutToken(new IllegalStateException(new ConnectException()));

        assertThat(Refusal.of(refused)).isEqualTo(Refusal.TRANSIENT);
        assertThat(Refusal.mayBeStored(refused)).as("nothing was sent").isFalse();
        assertThat(refused).hasMessage("no access token: cannot connect");
    }

    @Test
    void deniedTokenIsLikeARefusedToken() {
        UploadException refused = withoutToken(new IllegalStateException("there is\r\nno identity"));

        assertThat(Refusal.of(refused)).isEqualTo(Refusal.TOKEN);
        assertThat(Refusal.mayBeStored(refused)).as("nothing was sent").isFalse();
        assertThat(refused).hasMessage("no access token: IllegalStateException: there is no identity");
    }

    @Test
    void uploaderWithoutTokensRenewsNothing() {
        Uploader none = (stream, body) -> {};

        assertThatCode(none::renew).doesNotThrowAnyException();
    }

    private UploadException withoutToken(Exception cause) {
        LogsIngestionClient client = new LogsIngestionClientBuilder()
                .endpoint("https://127.0.0.1:1")
                // like the program's own clients: the sender retries
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .credential(request ->
                        Mono.error(Foreign.of(new ClientAuthenticationException("see inner exception", null, cause))))
                .buildClient();
        uploader = new IngestionUploader(URI.create("https://127.0.0.1:1"), () -> client, SandboxIngestion.RULE_ID);
        return upload();
    }

    /** The n-th client has token n. */
    private LogsIngestionClient client() {
        String token = "Bearer token-" + clients.incrementAndGet();
        return new LogsIngestionClientBuilder()
                .endpoint(server.uri().toString())
                .credential(request -> Mono.never())
                .pipeline(new HttpPipelineBuilder()
                        .policies((context, next) -> {
                            context.getHttpRequest().setHeader(HttpHeaderName.AUTHORIZATION, token);
                            return next.process();
                        })
                        .build())
                .buildClient();
    }

    private UploadException upload() {
        return catchThrowableOfType(UploadException.class, () -> uploader.upload("Custom-T", new byte[] {'[', ']'}));
    }

    private void awaitRelease() {
        try {
            release.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
