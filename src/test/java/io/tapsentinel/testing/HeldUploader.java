package io.tapsentinel.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/** An uploader that remembers every call, and holds, fails and releases uploads on command. */
public final class HeldUploader implements Uploader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Call> calls = new ArrayList<>();
    private final Map<String, Deque<Throwable>> failures = new HashMap<>();
    private final Set<String> released = new HashSet<>();
    private final Map<String, Integer> inFlight = new HashMap<>();
    private int mostInFlight;
    private int acknowledged;
    private boolean holding;
    private Runnable onReturn = () -> {};

    /** One upload. */
    public record Call(String stream, String body) {

        /** Values of a column in all rows. */
        public List<String> values(String column) {
            try {
                return StreamSupport.stream(JSON.readTree(body).spliterator(), false)
                        .map(row -> row.path(column).asText())
                        .toList();
            } catch (JsonProcessingException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }

        /** Number of rows. */
        public int rows() {
            return values("id").size();
        }
    }

    /** Holds further uploads. */
    public synchronized void hold() {
        holding = true;
        released.clear();
    }

    /** Releases all uploads. */
    public synchronized void release() {
        holding = false;
        notifyAll();
    }

    /** Releases the uploads to one stream. */
    public synchronized void release(String stream) {
        released.add(stream);
        notifyAll();
    }

    /** Makes the next upload to this stream fail when it is released. */
    public synchronized void failNext(String stream, Throwable failure) {
        failures.computeIfAbsent(stream, s -> new ArrayDeque<>()).add(failure);
    }

    /** Called just before an upload succeeds. */
    public synchronized void onReturn(Runnable action) {
        onReturn = action;
    }

    /** All calls so far. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The calls to one stream. */
    public List<Call> calls(String stream) {
        return calls().stream().filter(call -> call.stream().equals(stream)).toList();
    }

    /** Values of a column in all rows sent to one stream. */
    public List<String> sent(String stream, String column) {
        return calls(stream).stream()
                .flatMap(call -> call.values(column).stream())
                .toList();
    }

    /** Uploads in progress. */
    public synchronized int inFlight() {
        return inFlight.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Maximum number of parallel uploads to one stream. */
    public synchronized int mostInFlight() {
        return mostInFlight;
    }

    /** Successful uploads. */
    public synchronized int acknowledged() {
        return acknowledged;
    }

    @Override
    public synchronized void upload(String stream, byte[] body) throws UploadException {
        calls.add(new Call(stream, new String(body, StandardCharsets.UTF_8)));
        mostInFlight = Math.max(mostInFlight, inFlight.merge(stream, 1, Integer::sum));
        notifyAll();
        try {
            while (holding && !released.contains(stream)) {
                wait();
            }
        } catch (InterruptedException e) {
            // like Azure's client: an ordinary failure, and the interrupt flag is cleared
            throw new UploadException(0, "interrupted");
        } finally {
            inFlight.merge(stream, -1, Integer::sum);
        }
        Deque<Throwable> due = failures.getOrDefault(stream, new ArrayDeque<>());
        if (!due.isEmpty()) {
            HeldUploader.<RuntimeException>raise(due.poll());
        }
        acknowledged++;
        onReturn.run();
    }

    @SuppressWarnings("unchecked") // any exception at all, as a faulty client might throw it
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
