package io.tapsentinel.packaged;

import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What the ingestion endpoint can do to an upload instead of storing and acknowledging it. */
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

    /** Whether the records are stored although the program does not learn of it. */
    boolean stores() {
        return this == RESET_AFTER_STORING;
    }

    void on(ScriptedRequest upload, ScriptedServices stage) throws IOException, InterruptedException {
        switch (this) {
            case THROTTLED_429 -> refuse(upload, 429, "TooManyRequests", "");
            case THROTTLED_429_WITH_RETRY_AFTER -> refuse(upload, 429, "TooManyRequests", "1");
            case STATUS_503 -> refuse(upload, 503, "ServiceUnavailable", "");
            case STATUS_500 -> refuse(upload, 500, "InternalServerError", "");
            case STATUS_408 -> refuse(upload, 408, "RequestTimeout", "");
            case RESET_BEFORE_STORING -> upload.reset();
            case RESET_AFTER_STORING -> {
                stage.storeSilently(upload);
                upload.reset();
            }
            case UNAUTHORIZED_401 -> refuse(upload, 401, "InvalidToken", "");
            case FORBIDDEN_403 -> refuse(upload, 403, "OperationFailed", "");
            case SLOW -> {
                LockSupport.parkNanos(SLOW_MS * 1_000_000L);
                stage.store(upload);
            }
        }
    }

    /** As the service words a refusal. */
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
}
