package io.tapsentinel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.sandbox.RowSink;
import io.tapsentinel.sandbox.SandboxEvent;
import io.tapsentinel.tap.EventType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The rows of the four tables. A test can hold their acknowledgements, or refuse what waits. */
public final class DeliveredRows implements RowSink {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> rows = new ArrayList<>();
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

    /** Requests wait from now on, before their rows are stored. */
    public synchronized void hold() {
        gate = Gate.HELD;
    }

    /** Stores what waits, and whatever comes. */
    public synchronized void release() {
        gate = Gate.OPEN;
        notifyAll();
    }

    /** Answers what waits with 500, stores none of it, and returns when that is done. */
    public synchronized void refuseWhatWaits() throws InterruptedException {
        gate = Gate.REFUSING;
        notifyAll();
        while (waiting > 0) {
            wait();
        }
        gate = Gate.OPEN;
    }

    /** Requests whose acknowledgement is held. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Rows in those requests. */
    public synchronized int rowsWaiting() {
        return rowsWaiting;
    }

    /** Acknowledgements come this much later from now on. */
    public void delay(Duration value) {
        delay = value;
    }

    /** Counts rows that contain this, from now on. */
    public void count(String text) {
        marker = text;
    }

    /** Rows that contain what is counted. */
    public long counted() {
        return marked.get();
    }

    /** {@link SandboxEvent#truthKey} of every row. */
    public synchronized List<String> rows() {
        return List.copyOf(rows);
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
        EventType type = Arrays.stream(EventType.values())
                .filter(t -> t.table().equals(table))
                .findFirst()
                .orElseThrow();
        List<String> keys = new ArrayList<>(accepted.size());
        for (byte[] row : accepted) {
            JsonNode json = JSON.readTree(row);
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
