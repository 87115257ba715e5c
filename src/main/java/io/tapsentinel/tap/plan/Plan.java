package io.tapsentinel.tap.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a poll has to do. Backlog, gaps and progress become durable together, when the fresh window commits; until then
 * the same poll can be planned again from the same progress.
 *
 * @param fresh    the newest window, at most one hour; empty when less than TAP's shortest window has passed
 * @param backlog  older time that must be read too, in addition to what is in the backlog already
 * @param gaps     time that TAP no longer holds and that was not read often enough
 * @param progress the progress once the fresh window has committed
 */
public record Plan(Optional<TimeRange> fresh, List<TimeRange> backlog, List<TimeRange> gaps, Progress progress) {

    /** All that it adds to what is owed or lost, as long as its fresh window has not committed. */
    public List<TimeRange> older() {
        List<TimeRange> older = new ArrayList<>(gaps);
        older.addAll(backlog);
        return older;
    }

    /** The same when this time was read already, long after it had passed. */
    public Plan without(List<TimeRange> read) {
        return new Plan(fresh, TimeRange.without(backlog, read), TimeRange.without(gaps, read), progress);
    }
}
