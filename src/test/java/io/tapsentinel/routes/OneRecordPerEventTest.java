package io.tapsentinel.routes;

import static io.tapsentinel.routes.RoutesFixture.stream;
import static io.tapsentinel.tap.EventType.CLICKS_BLOCKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.routes.RoutesFixture.Sent;
import io.tapsentinel.sentinel.upload.UploadException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits that could send a record more often than once: none of them does. */
class OneRecordPerEventTest {

    @TempDir
    Path folder;

    @AutoClose
    private RoutesFixture routes;

    @BeforeEach
    void open() throws Exception {
        routes = new RoutesFixture(folder);
    }

    @Test
    void aStepBehindAWireTapSendsAnEventOnceThoughItIsReadAgainMeanwhile() throws Exception {
        routes.withSteps("clicks-blocked", """
                - idempotentConsumer:
                    idempotentRepository: clicksBlockedSeen
                    simple: "${body.key}"
                    steps:
                      - wireTap:
                          uri: sentinel:ProofPointTAPClicksBlockedV2_CL
                """).start();
        routes.uploader.hold();
        Sent first = routes.send(CLICKS_BLOCKED, "1");
        assertThat(first.outcome().isSettled()).as("its window fails").isFalse();

        // the next read of its window, while the first record may be on its way
        Sent again = routes.send(CLICKS_BLOCKED, "1");
        assertThat(again.failure()).isNull();
        routes.uploader.release();

        await("whatever was taken has been sent")
                .during(Duration.ofMillis(200))
                .until(() -> routes.sentinel.deliveries().pending() == 0);
        routes.send(CLICKS_BLOCKED, "1").failure();
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id").size())
                .isEqualTo((int) routes.durable())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aRouteThatTriesAgainByItselfDeliversOnceAtTheLatestWhenItIsReadAgain() throws Exception {
        routes.editRoute("clicks-blocked", "noErrorHandler: {}", """
                defaultErrorHandler:
                        redeliveryPolicy:
                          maximumRedeliveries: 1
                          redeliveryDelay: "0"
                """).start();
        routes.uploader.failNext(stream(CLICKS_BLOCKED), new UploadException(503, "upload refused: 503"));

        routes.send(CLICKS_BLOCKED, "1").failure();
        routes.send(CLICKS_BLOCKED, "1").failure();

        assertThat(routes.uploader.acknowledged()).isEqualTo(1);
        assertThat(routes.durable()).isEqualTo(1);
    }
}
