package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.RowSink;
import io.tapsentinel.sandbox.SandboxEvent;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/** Rows accepted by an ingestion endpoint. A test can hold acknowledgements and refuse held requests. */
public final class DeliveredRows implements RowSink {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final InstantSource clock;
    private final List<String> rows = new ArrayList<>();
    private final Map<String, Instant> landedAt = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, JsonNode> eachRow = (table, row) -> {};
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong marked = new AtomicLong();
    private volatile String marker = "";
    private volatile Duration delay = Duration.ZERO;
    private Gate gate = Gate.OPEN;
    private int waiting;
    private int rowsWaiting;

    private enum Gate {
        OPEN,
        HELD,
        REFUSING
    }

    public DeliveredRows() {
        this(InstantSource.system());
    }

    /** @param clock for the arrival times of rows */
    public DeliveredRows(InstantSource clock) {
        this.clock = clock;
    }

    /** Passes every further row and its table to this consumer before storing it, including health rows. */
    public void eachRow(BiConsumer<String, JsonNode> look) {
        eachRow = look;
    }

    /** Holds further requests before their rows are stored. */
    public synchronized void hold() {
        gate = Gate.HELD;
    }

    /** Releases held requests. */
    public synchronized void release() {
        gate = Gate.OPEN;
        notifyAll();
    }

    /** Answers held requests with 500 without storing their rows; returns when done. */
    public synchronized void refuseWhatWaits() throws InterruptedException {
        gate = Gate.REFUSING;
        notifyAll();
        while (waiting > 0) {
            wait();
        }
        gate = Gate.OPEN;
    }

    /** Number of held requests. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Number of rows in held requests. */
    public synchronized int rowsWaiting() {
        return rowsWaiting;
    }

    /** Delays further acknowledgements. */
    public void delay(Duration value) {
        delay = value;
    }

    /** Starts to count rows that contain this text. */
    public void count(String text) {
        marker = text;
    }

    /** Number of rows with the counted text. */
    public long counted() {
        return marked.get();
    }

    /** {@link SandboxEvent#truthKey} of every row. */
    public synchronized List<String> rows() {
        return List.copyOf(rows);
    }

    /** The same, sorted, for comparisons with TAP's events. */
    public List<String> sorted() {
        return rows().stream().sorted().toList();
    }

    /** First arrival of each row by {@link SandboxEvent#truthKey}. */
    public Map<String, Instant> landedAt() {
        return landedAt;
    }

    /** Asserts that all these rows are present, as often as listed. */
    public void assertNoneLost(List<String> truth) {
        assertThat(surplus(truth, rows())).as("lost").isEmpty();
    }

    /** Asserts that no other rows are present, and none more often than listed. */
    public void assertNoneTwice(List<String> possible) {
        assertThat(surplus(rows(), possible)).as("twice, or never there").isEmpty();
    }

    /** Elements that occur more often in {@code actual} than in {@code expected}. */
    private static Map<String, Integer> surplus(List<String> actual, List<String> expected) {
        Map<String, Integer> counts = new TreeMap<>();
        actual.forEach(key -> counts.merge(key, 1, Integer::sum));
        expected.forEach(key -> counts.merge(key, -1, Integer::sum));
        counts.values().removeIf(count -> count <= 0);
        return counts;
    }

    public synchronized int size() {
        return rows.size();
    }

    /** Bytes of all rows. */
    public long bytes() {
        return bytes.get();
    }

    @Override
    public void accept(String table, List<byte[]> accepted) throws IOException {
        List<String> keys = new ArrayList<>(accepted.size());
        for (byte[] row : accepted) {
            JsonNode json = JSON.readTree(row);
            eachRow.accept(table, json);
            if (table.equals(TableSchema.HEALTH)) {
                continue;
            }
            EventType type = Arrays.stream(EventType.values())
                    .filter(t -> t.table().equals(table))
                    .findFirst()
                    .orElseThrow();
            JsonNode recipient = json.path("recipient");
            keys.add(SandboxEvent.truthKey(
                    type,
                    json.path("id").textValue(),
                    json.path("GUID").asText(),
                    recipient.isArray() ? recipient.path(0).asText() : recipient.asText()));
            bytes.addAndGet(row.length);
            if (!marker.isEmpty() && new String(row, StandardCharsets.UTF_8).contains(marker)) {
                marked.incrementAndGet();
            }
        }
        LockSupport.parkNanos(delay.toNanos());
        store(keys);
    }

    private synchronized void store(List<String> keys) throws IOException {
        waiting++;
        rowsWaiting += keys.size();
        try {
            while (gate == Gate.HELD) {
                wait();
            }
            if (gate == Gate.REFUSING) {
                throw new IOException("the test refuses");
            }
            rows.addAll(keys);
            keys.forEach(key -> landedAt.putIfAbsent(key, clock.instant()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            waiting--;
            rowsWaiting -= keys.size();
            notifyAll();
        }
    }
}
