package io.tapsentinel.sentinel;

import static io.tapsentinel.sentinel.SentinelFixture.STREAM;
import static io.tapsentinel.sentinel.SentinelFixture.TYPE;
import static io.tapsentinel.sentinel.SentinelFixture.reserved;
import static io.tapsentinel.sentinel.SentinelFixture.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.SentinelFixture.Sent;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The producer through {@code sentinel:} URIs: when an exchange completes, how, and what was sent by then. */
class SentinelComponentTest {

    @AutoClose
    private final SentinelFixture fixture = new SentinelFixture();

    @Test
    void exchangeCompletesAfterUploadAndDurableKey() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        fixture.uploader.hold();
        TapEvent event = reserved("1");
        Sent sent = fixture.send(event);
        await("the upload is held").until(() -> fixture.uploader.inFlight() == 1);
        assertThat(fixture.journal).isEmpty();
        assertThat(sent.isDone()).isFalse();
        assertThat(event.getOutcome().isSettled()).isFalse();

        fixture.uploader.release();

        assertThat(sent.failure()).isNull();
        assertThat(fixture.journal).containsExactly("uploaded", "delivered", "completed");
        assertThat(fixture.delivered).containsExactly(event);
        assertThat(event.getOutcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(sent.exchange().getMessage().getHeader(SentinelConstants.TABLE))
                .isEqualTo(TYPE.table());
        assertThat(sent.callbacks()).hasValue(1);
    }

    @Test
    void bodyOfAnotherEventIsRefused() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        TapEvent event = reserved("1");

        assertThat(fixture.send(reserved("2"), event).failure()).hasMessageContaining("the body has another id");
        assertThat(fixture.send(event, new HashMap<>(event.getFields())).failure())
                .isNull();
        assertThat(fixture.delivered).containsExactly(event);
    }

    @Test
    void routeCanChangeTimeOfRowButNotOfEvent() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        TapEvent event = reserved("1");
        Map<String, Object> body = new HashMap<>(event.getFields());
        body.put("clickTime", "2026-11-20T13:00:00+01:00");
        body.put("threatTime", Date.from(Instant.parse("2026-11-20T12:30:00Z")));

        assertThat(fixture.send(event, body).failure()).isNull();
        assertThat(fixture.delivered.get(0).getRowTime()).isEqualTo("2026-11-20T12:30:00Z");
        assertThat(event.getTime()).isEqualTo("2026-11-20T10:00:00Z");
    }

    @Test
    void failedUploadFailsOnlyExchangesOfItsBatch() throws Exception {
        fixture.routeTo(uri("lingerMs=60000&batchRecords=2&deliveryTimeoutMs=1"));
        fixture.uploader.failNext(STREAM, new UploadException(503, "upload refused: 503"));

        List<Sent> sent = fixture.sendAll(4);

        assertThat(sent.subList(0, 2))
                .allMatch(one -> one.failure().getMessage().contains("upload refused: 503"));
        assertThat(sent.subList(2, 4)).allMatch(one -> one.failure() == null);
        assertThat(fixture.delivered).hasSize(2);
        assertThat(sent.get(0)
                        .exchange()
                        .getProperty(TapEvent.PROPERTY, TapEvent.class)
                        .getOutcome()
                        .isSettled())
                .isFalse();
        assertThat(sent.get(0).exchange().getMessage().getHeader(SentinelConstants.TABLE))
                .isNull();
        assertThat(sent).allMatch(one -> one.callbacks().get() == 1);
    }

    @Test
    void unexpectedExceptionFailsOneBatch() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        fixture.uploader.failNext(STREAM, new IllegalStateException("a bug in a client"));

        assertThat(fixture.send(reserved("1")).failure()).hasMessage("a bug in a client");
        assertThat(fixture.send(reserved("2")).failure()).isNull();
    }

    @Test
    void errorInClientFailsOneBatch() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        fixture.uploader.failNext(STREAM, new NoClassDefFoundError("a/missing/Policy"));

        assertThat(fixture.send(reserved("1")).failure()).isNotNull();
        assertThat(fixture.send(reserved("2")).failure()).isNull();
    }

    @Test
    void batchFailsIfItsKeysCannotBeStored() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        fixture.failDelivery.set(new IllegalStateException("disk full"));
        TapEvent event = reserved("1");

        assertThat(fixture.send(event).failure()).hasMessage("disk full");
        assertThat(event.getOutcome().isSettled()).isFalse();
        assertThat(fixture.component.deliveryStatus().acknowledged()).isZero();
        assertThat(fixture.component.deliveryStatus().needsPerson()).contains("disk full");
    }

    @Test
    void uploadContainsUpToBatchRecordsEvents() throws Exception {
        fixture.routeTo(uri("batchRecords=3&lingerMs=60000"));

        fixture.sendAll(6).forEach(sent -> assertThat(sent.failure()).isNull());

        assertThat(fixture.uploader.calls())
                .extracting(call -> call.values("id"))
                .containsExactly(List.of("id-0", "id-1", "id-2"), List.of("id-3", "id-4", "id-5"));
        assertThat(fixture.uploader.calls()).allMatch(call -> call.stream().equals(STREAM));
        assertThat(fixture.component.deliveryStatus().batches()).isEqualTo(2);
    }

    @Test
    void openBatchLingersUntilLingerMsOrDrain() throws Exception {
        fixture.routeTo(uri("lingerMs=60000"));
        List<Sent> sent = fixture.sendAll(2);
        await("nothing has been sent")
                .during(Duration.ofMillis(700))
                .until(() -> fixture.uploader.calls().isEmpty());

        fixture.component.drain();

        assertThat(sent.get(1).failure()).isNull();
        assertThat(fixture.uploader.calls()).singleElement().matches(call -> call.rows() == 2);
    }

    @Test
    void oneUploadAtATimePerTable() throws Exception {
        fixture.routeTo(uri("lingerMs=0&batchRecords=1"));
        fixture.uploader.hold();
        List<CompletableFuture<Sent>> senders = Stream.of("1", "2", "3", "4")
                .map(id -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return fixture.send(reserved(id));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        await("no second upload starts")
                .during(Duration.ofMillis(300))
                .until(() -> fixture.uploader.calls().size() <= 1);

        fixture.uploader.release();

        senders.forEach(sender -> assertThat(sender.join().failure()).isNull());
        assertThat(fixture.uploader.calls()).hasSize(4);
        assertThat(fixture.uploader.mostInFlight()).isEqualTo(1);
    }

    @Test
    void callerBlocksAtMaxPending() throws Exception {
        fixture.routeTo(uri("lingerMs=0&maxPending=2"));
        fixture.uploader.hold();
        List<Sent> parked = fixture.sendAll(2);
        CompletableFuture<Sent> third = CompletableFuture.supplyAsync(() -> {
            try {
                return fixture.send(reserved("third"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await("the third caller blocks").during(Duration.ofMillis(300)).until(() -> !third.isDone());
        assertThat(parked).noneMatch(Sent::isDone);

        fixture.uploader.release();

        assertThat(third.join().failure()).isNull();
        await("nothing is pending")
                .until(() -> fixture.component.deliveryStatus().pending() == 0);
    }

    @Test
    void mapBodyIsSentInsteadOfTheEvent() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        TapEvent event = reserved("1");
        Map<String, Object> fields = new HashMap<>(event.getFields());
        fields.put("sender", "changed");
        fields.put("colour", "blue");

        assertThat(fixture.send(event, fields).failure()).isNull();

        assertThat(fixture.uploader.sent(STREAM, "sender")).containsExactly("changed");
        assertThat(fixture.uploader.sent(STREAM, "TimeGenerated"))
                .containsExactly(event.getTime().toString());
        assertThat(fixture.unknownFields).containsExactly(TYPE.table() + " colour");
        assertThat(fixture.delivered).containsExactly(event);
    }
}
