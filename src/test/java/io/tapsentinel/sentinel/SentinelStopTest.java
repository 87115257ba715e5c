package io.tapsentinel.sentinel;

import static io.tapsentinel.sentinel.SentinelFixture.STREAM;
import static io.tapsentinel.sentinel.SentinelFixture.reserved;
import static io.tapsentinel.sentinel.SentinelFixture.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.SentinelFixture.Sent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A stop sends what it can, fails the rest and leaves no exchange parked. */
class SentinelStopTest {

    @AutoClose
    private final SentinelFixture fixture = new SentinelFixture();

    @Test
    void drainSendsTheOpenBatchAtOnce() throws Exception {
        fixture.context.getShutdownStrategy().setTimeout(20_000);
        fixture.routeTo(uri("lingerMs=60000"));
        List<Sent> sent = fixture.sendAll(3);

        fixture.component.drain();
        long start = System.nanoTime();
        fixture.context.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        sent.forEach(one -> assertThat(one.failure()).isNull());
    }

    /** Camel's shutdown timeout is shorter than the linger time, so Camel interrupts the stopping thread. */
    @RepeatedTest(5)
    void stopSendsTheOpenBatch() throws Exception {
        fixture.routeTo(uri("lingerMs=60000"));
        List<Sent> sent = fixture.sendAll(3);

        fixture.context.stop();

        sent.forEach(one -> assertThat(one.failure()).isNull());
        assertThat(fixture.uploader.sent(STREAM, "id")).containsExactly("id-0", "id-1", "id-2");
        assertThat(fixture.delivered).hasSize(3);
    }

    @RepeatedTest(3)
    void stopFailsUnsentExchangesInsteadOfParkingThem() throws Exception {
        // too short to send anything
        fixture.component.setStopTime(Duration.ofMillis(100));
        fixture.routeTo(uri("lingerMs=60000&batchRecords=2"));
        fixture.uploader.hold();
        List<Sent> held = fixture.sendAll(2);
        await("the first batch is in flight").until(() -> fixture.uploader.inFlight() == 1);
        Sent open = fixture.send(reserved("open"));

        fixture.context.stop();

        await("every exchange has completed")
                .atMost(Duration.ofSeconds(5))
                .until(() -> open.isDone() && held.stream().allMatch(Sent::isDone));
        assertThat(held)
                .allMatch(one -> one.failure() != null && one.callbacks().get() == 1);
        assertThat(open.failure()).isNotNull();
        assertThat(open.callbacks()).hasValue(1);
        assertThat(fixture.delivered).isEmpty();
        assertThat(open.exchange()
                        .getProperty(TapEvent.PROPERTY, TapEvent.class)
                        .getOutcome()
                        .isSettled())
                .isFalse();
        assertThat(fixture.uploader.calls())
                .as("no upload starts after the stop")
                .hasSize(1);
    }

    @Test
    void stoppedProducerRefusesAndCanRestart() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        assertThat(fixture.send(reserved("1")).failure()).isNull();
        fixture.context.getRouteController().stopRoute("in");
        fixture.context.getRouteController().startRoute("in");

        assertThat(fixture.send(reserved("2")).failure()).isNull();
        assertThat(fixture.uploader.sent(STREAM, "id")).containsExactly("1", "2");
    }
}
