package io.tapsentinel.sentinel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchAccumulatorTest {

    private final AtomicLong nanos = new AtomicLong();
    private final List<Exception> settled = new ArrayList<>();

    @Test
    void bodyOf999999BytesIsOneBatch() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 0, 100);
        accumulator.append(record(500_000));
        // [ + 500,000 + , + 499,996 + ]
        accumulator.append(record(499_996));

        Batch batch = accumulator.take();

        assertThat(batch.size()).isEqualTo(2);
        assertThat(Batch.body(batch.records())).hasSize(999_999);
    }

    @Test
    void bodyOf1000000BytesIsSplit() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 60_000, 100);
        accumulator.append(record(500_000));
        CompletableFuture<Void> second = append(accumulator, record(499_997));

        // full although it has not lingered: the next record does not fit
        assertThat(Batch.body(accumulator.take().records())).hasSize(500_002);
        second.join();
        accumulator.close();
        assertThat(Batch.body(accumulator.take().records())).hasSize(499_999);
        assertThat(accumulator.take()).isNull();
    }

    @Test
    void largestRecordIsABatchAndALargerOneIsRefused() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 0, 100);
        accumulator.append(record(999_997));

        assertThat(Batch.body(accumulator.take().records())).hasSize(999_999);
        assertThatThrownBy(() -> accumulator.append(record(999_998)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 999,998 bytes")
                .hasMessageContaining("fewer than 1,000,000");
    }

    @Test
    void bodyIsAJsonArrayInOrderOfArrival() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 3, 60_000, 100);
        for (String json : List.of("{\"a\":1}", "{\"a\":2}", "{\"a\":3}")) {
            accumulator.append(record(json.getBytes(), settled::add));
        }
        assertThat(new String(Batch.body(accumulator.take().records()))).isEqualTo("[{\"a\":1},{\"a\":2},{\"a\":3}]");
    }

    @Test
    void batchClosesAtBatchRecords() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 2, 60_000, 100);
        accumulator.append(record(10));
        accumulator.append(record(10));

        assertThat(accumulator.take().size()).isEqualTo(2);
    }

    @Test
    void batchClosesAfterLinger() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 500, 100);
        accumulator.append(record(10));
        nanos.set(Duration.ofMillis(500).toNanos());

        assertThat(accumulator.take().size()).isEqualTo(1);
    }

    @Test
    void batchWaitsUntilLingerHasPassed() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 30_000, 100);
        accumulator.append(record(10));
        AtomicReference<Batch> taken = new AtomicReference<>();
        CompletableFuture<Void> taking = CompletableFuture.runAsync(uninterrupted(() -> taken.set(accumulator.take())));
        await("no batch is due").during(Duration.ofMillis(200)).until(() -> !taking.isDone());

        accumulator.drain();

        taking.join();
        assertThat(taken.get().size()).isEqualTo(1);
    }

    @Test
    void appendBlocksAtMaxPendingUntilABatchSettles() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 0, 2);
        accumulator.append(record(10));
        accumulator.append(record(10));
        Batch batch = accumulator.take();
        CompletableFuture<Void> third = append(accumulator, record(10));
        await("the third record has no room").during(Duration.ofMillis(200)).until(() -> !third.isDone());
        assertThat(accumulator.pending()).isEqualTo(2);

        accumulator.settle(batch, null);

        third.join();
        assertThat(accumulator.pending()).isEqualTo(1);
        assertThat(settled).hasSize(2);
    }

    @Test
    void smallRecordDoesNotOvertakeAWaitingLargeOne() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000, 5_000, 60_000, 100);
        accumulator.append(record(600));
        Thread large = startAppending(accumulator, record(600));
        await("the large record waits").until(() -> large.getState() == Thread.State.WAITING);
        Thread small = startAppending(accumulator, record(10));
        await("the small record waits too").until(() -> small.getState() == Thread.State.WAITING);

        assertThat(accumulator.take().size()).isEqualTo(1);
        large.join();
        small.join();
        accumulator.close();
        assertThat(accumulator.take().size()).isEqualTo(2);
    }

    @Test
    void batchSettlesEveryRecordOnceEvenIfOneThrows() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 0, 100);
        accumulator.append(record(new byte[10], failure -> {
            throw new IllegalStateException("a route that broke");
        }));
        accumulator.append(record(10));
        Batch batch = accumulator.take();
        Exception reason = new Exception("refused");

        accumulator.settle(batch, reason);
        batch.settle(null);

        assertThat(settled).containsExactly(reason);
    }

    @Test
    void closedAccumulatorRefusesRecordsAndReturnsTheRest() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 60_000, 100);
        accumulator.append(record(10));
        accumulator.close();

        assertThatThrownBy(() -> accumulator.append(record(10))).hasMessageContaining("stopping");
        assertThat(accumulator.take().size()).isEqualTo(1);
        assertThat(accumulator.take()).isNull();
    }

    @Test
    void abandonedRecordsFail() throws Exception {
        BatchAccumulator accumulator = accumulator(1_000_000, 5_000, 60_000, 100);
        accumulator.append(record(10));
        Exception reason = new Exception("stopped");

        accumulator.abandon(reason);

        assertThat(settled).containsExactly(reason);
        assertThat(accumulator.pending()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "999,1,0,1,batchBytes is 999",
        "1000001,1,0,1,batchBytes is 1000001",
        "1000,0,0,1,batchRecords is 0",
        "1000,1,60001,1,lingerMs is 60001",
        "1000,1,0,0,maxPending is 0"
    })
    void optionOutOfBoundsIsRefused(int bytes, int records, long linger, int pending, String message) {
        assertThatThrownBy(() -> new BatchSettings(bytes, records, Duration.ofMillis(linger), pending))
                .hasMessageContaining(message)
                .hasMessageContaining("it must be between");
    }

    private BatchAccumulator accumulator(int bytes, int records, long lingerMs, int maxPending) {
        return new BatchAccumulator(
                new BatchSettings(bytes, records, Duration.ofMillis(lingerMs), maxPending), nanos::get);
    }

    private PendingRecord record(int bytes) {
        return record(new byte[bytes], settled::add);
    }

    private static PendingRecord record(byte[] json, Consumer<Exception> settled) {
        return new PendingRecord(Events.event(EventType.CLICKS_BLOCKED, "1"), Map.of(), json, null, settled);
    }

    private static CompletableFuture<Void> append(BatchAccumulator accumulator, PendingRecord record) {
        return CompletableFuture.runAsync(uninterrupted(() -> accumulator.append(record)));
    }

    private static Thread startAppending(BatchAccumulator accumulator, PendingRecord record) {
        Thread thread = new Thread(uninterrupted(() -> accumulator.append(record)));
        thread.start();
        return thread;
    }

    private static Runnable uninterrupted(ThrowingCallable waiting) {
        return () -> assertThatCode(waiting).doesNotThrowAnyException();
    }
}
