package io.tapsentinel.packaged;

import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Faults of TAP at a request. */
enum TapFault implements Step {
    STATUS_500(text(500, "Internal Server Error")),
    STATUS_502(text(502, "Bad Gateway")),
    STATUS_503(text(503, "Service Unavailable")),
    STATUS_504(text(504, "Gateway Timeout")),
    THROTTLED_429(text(429, "The limit of requests per 24 hours is exceeded")),
    TOO_SHORT_400(text(400, "The requested interval is too short. Requests must be for at least 30.00s of data")),
    TOO_OLD_400(text(
            400,
            "The requested start time is too far into the past. Requests for information up to 7.00d are accepted")),
    STILL_CURRENT_400(text(400, "The requested interval is still current")),
    BADLY_FORMED_400(text(400, "The interval parameter is badly formed")),
    WITHOUT_TEXT_400(text(400, "")),
    RESET(ScriptedRequest::reset),
    CUT_IN_HTTP(call -> half(call).close()),
    HALF_A_DOCUMENT(call -> {
        Answer whole = call.forward();
        call.send(new Answer(200, whole.headers(), Arrays.copyOf(whole.body(), whole.body().length / 2)));
    }),
    HTML_PAGE(call -> call.send(
            new Answer(200, Map.of("content-type", "text/html"), "<html><body>maintenance</body></html>".getBytes()))),
    SLOW_BODY(call -> {
        OutputStream out = half(call);
        LockSupport.parkNanos(TapFault.SLOW_MS * 1_000_000L);
        out.close();
    });

    /** How long the other half of a body is withheld; the program must time out well before. */
    static final int SLOW_MS = 4_000;

    private final Step step;

    TapFault(Step step) {
        this.step = step;
    }

    @Override
    public void on(ScriptedRequest call) throws IOException, InterruptedException {
        step.on(call);
    }

    private static Step text(int status, String text) {
        return call -> call.send(status, text);
    }

    private static OutputStream half(ScriptedRequest call) throws IOException, InterruptedException {
        Answer whole = call.forward();
        OutputStream out = call.head(whole);
        out.write(whole.body(), 0, whole.body().length / 2);
        out.flush();
        return out;
    }

    /**
     * One kind of fault at TAP's first request, three times in a row at the second one answered, at the third, and at the last,
     * which completes the backlog.
     */
    static final class Plan {

        private static final int IN_A_ROW = 3;

        private final Step fault;
        private final Instant origin;
        private final List<TimeRange> answered = new ArrayList<>();
        private final int[] left = {1, IN_A_ROW, 1};
        private boolean lastIsDue = true;
        private Instant end;
        private int met;

        /** @param origin where the program begins to read */
        Plan(Step fault, Instant origin) {
            this.fault = fault;
            this.origin = origin;
        }

        void on(ScriptedRequest request) throws IOException, InterruptedException {
            (meets(request) ? fault : Step.PASS).on(request);
        }

        private synchronized boolean meets(ScriptedRequest request) {
            Instant[] bounds = ScriptedServices.window(request);
            List<TimeRange> all = new ArrayList<>(answered);
            all.add(new TimeRange(bounds[0], bounds[1]));
            boolean last = end != null && covers(all, origin, end);
            boolean meets = answered.size() < left.length && left[answered.size()]-- > 0 || last && lastIsDue;
            if (meets) {
                met++;
                lastIsDue &= !last;
                return true;
            }
            if (end == null) {
                end = bounds[1];
            }
            answered.add(new TimeRange(bounds[0], bounds[1]));
            return false;
        }

        /** How many requests failed this way. */
        synchronized int met() {
            return met;
        }

        /** Whether every fault occurred and the program has committed everything since the origin. */
        synchronized boolean isOver(PackagedProgram program) {
            return met == left.length + IN_A_ROW
                    && covers(
                            program.found(LiveServices.COMMITTED).stream()
                                    .map(LiveServices::window)
                                    .toList(),
                            origin,
                            end);
        }

        static boolean covers(List<TimeRange> windows, Instant from, Instant to) {
            return TimeRange.union(new ArrayList<>(windows)).stream()
                    .anyMatch(
                            range -> !range.from().isAfter(from) && !range.to().isBefore(to));
        }
    }
}
