package io.tapsentinel.packaged;

import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One kind of fault at TAP's first request, three times in a row at the second that would be answered, at the third, and at the
 * last: the one whose answer completes what is owed.
 */
final class TapPlan {

    private static final int IN_A_ROW = 3;

    private final Step fault;
    private final Instant origin;
    private final List<TimeRange> answered = new ArrayList<>();
    private final int[] left = {1, IN_A_ROW, 1};
    private boolean lastIsDue = true;
    private Instant end;
    private int met;

    /** @param origin where the program begins to read */
    TapPlan(Step fault, Instant origin) {
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

    /** How many requests met the fault. */
    synchronized int met() {
        return met;
    }

    /** Whether all of it was met and the program has committed everything since the origin. */
    synchronized boolean isOver(PackagedProgram program) {
        return met == left.length + IN_A_ROW
                && covers(
                        program.found(LiveServices.COMMITTED).stream()
                                .map(line -> new TimeRange(Instant.parse(line.group(1)), Instant.parse(line.group(2))))
                                .toList(),
                        origin,
                        end);
    }

    static boolean covers(List<TimeRange> windows, Instant from, Instant to) {
        return TimeRange.union(new ArrayList<>(windows)).stream()
                .anyMatch(range -> !range.from().isAfter(from) && !range.to().isBefore(to));
    }
}
