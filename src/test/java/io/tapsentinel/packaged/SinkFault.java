package io.tapsentinel.packaged;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoredRecords;
import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Faults of the ingestion endpoint at an upload. */
enum SinkFault {
    THROTTLED_429,
    THROTTLED_429_WITH_RETRY_AFTER,
    STATUS_503,
    STATUS_500,
    STATUS_408,
    RESET_BEFORE_STORING,
    RESET_AFTER_STORING,
    UNAUTHORIZED_401,
    FORBIDDEN_403,
    SLOW;

    private static final int SLOW_MS = 2_000;

    /** Whether the records are stored although the acknowledgement is lost. */
    boolean stores() {
        return this == RESET_AFTER_STORING;
    }

    void on(ScriptedRequest upload, ScriptedServices services) throws IOException, InterruptedException {
        switch (this) {
            case THROTTLED_429 -> refuse(upload, 429, "TooManyRequests", "");
            case THROTTLED_429_WITH_RETRY_AFTER -> refuse(upload, 429, "TooManyRequests", "1");
            case STATUS_503 -> refuse(upload, 503, "ServiceUnavailable", "");
            case STATUS_500 -> refuse(upload, 500, "InternalServerError", "");
            case STATUS_408 -> refuse(upload, 408, "RequestTimeout", "");
            case RESET_BEFORE_STORING -> upload.reset();
            case RESET_AFTER_STORING -> {
                services.storeSilently(upload);
                upload.reset();
            }
            case UNAUTHORIZED_401 -> refuse(upload, 401, "InvalidToken", "");
            case FORBIDDEN_403 -> refuse(upload, 403, "OperationFailed", "");
            case SLOW -> {
                LockSupport.parkNanos(SLOW_MS * 1_000_000L);
                services.store(upload);
            }
        }
    }

    /** A refusal in the service's format. */
    static void refuse(ScriptedRequest upload, int status, String code, String retryAfter) throws IOException {
        Map<String, String> headers =
                new TreeMap<>(Map.of("content-type", "application/json", "x-ms-error-code", code));
        if (!retryAfter.isEmpty()) {
            headers.put("retry-after", retryAfter);
        }
        upload.send(new Answer(
                status,
                headers,
                ("{\"error\":{\"code\":\"" + code + "\",\"message\":\"The test refuses\"}}").getBytes()));
    }

    /**
     * One kind of fault at the first, a middle and the last upload of the first window, and at three uploads in a row of one
     * table.
     */
    static final class Plan {

        private static final int IN_A_ROW = 3;
        private static final int ROW_AT = 3;
        private static final int MIDDLE = 8;

        private final SinkFault fault;
        private final ScriptedServices services;
        private int first = 1;
        private int row = IN_A_ROW;
        private EventType rowTable;
        private int middle = 1;
        private int last = 1;
        private int answered;
        private int expected = Integer.MAX_VALUE;
        private int met;

        Plan(SinkFault fault, ScriptedServices services) {
            this.fault = fault;
            this.services = services;
        }

        /** Lets TAP answer, and learns how many events the first window has. */
        synchronized void onRead(ScriptedRequest request) throws IOException, InterruptedException {
            if (expected == Integer.MAX_VALUE) {
                expected = services.eventsAskedFor(request);
            }
            request.send(request.forward());
        }

        void onUpload(ScriptedRequest upload) throws IOException, InterruptedException {
            // an empty array is the check at the start
            if (!StoredRecords.rows(upload).isEmpty() && meets(upload)) {
                fault.on(upload, services);
            } else {
                services.store(upload);
            }
        }

        private synchronized boolean meets(ScriptedRequest upload) throws IOException {
            List<Row> rows = StoredRecords.rows(upload);
            boolean completes = services.deliveries().distinct()
                            + rows.stream()
                                    .filter(record -> !services.deliveries().has(record))
                                    .count()
                    >= expected;
            if (answered >= ROW_AT && rowTable == null) {
                rowTable = StoredRecords.type(upload);
            }
            boolean meets = answered == 0 && first-- > 0
                    || StoredRecords.type(upload) == rowTable && row-- > 0
                    || answered >= MIDDLE && middle-- > 0
                    || completes && last-- > 0;
            if (meets) {
                met++;
            } else {
                answered++;
            }
            return meets;
        }

        /** How many uploads failed this way. */
        synchronized int met() {
            return met;
        }

        /** Whether every fault occurred and the whole first window has landed since. */
        synchronized boolean isOver() {
            return met >= IN_A_ROW + 3 && services.deliveries().distinct() >= expected;
        }
    }
}
