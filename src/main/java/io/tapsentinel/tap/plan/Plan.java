package io.tapsentinel.tap.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plan of a poll. Backlog, gaps and progress become durable together when the fresh window commits. Until then, the
 * poll can be planned again from the same progress.
 *
 * @param fresh    the newest window, at most one hour; empty if it would be too short for TAP
 * @param backlog  older time to read, in addition to the existing backlog
 * @param gaps     time that TAP no longer reports and that was not read often enough
 * @param progress the progress once the fresh window has committed
 */
public record Plan(Optional<TimeRange> fresh, List<TimeRange> backlog, List<TimeRange> gaps, Progress progress) {

    /** The time this plan adds to backlog and gaps. */
    public List<TimeRange> older() {
        List<TimeRange> older = new ArrayList<>(gaps);
        older.addAll(backlog);
        return older;
    }

    /** The plan without time that was already read long after it had passed. */
    public Plan without(List<TimeRange> read) {
        return new Plan(fresh, TimeRange.without(backlog, read), TimeRange.without(gaps, read), progress);
    }
}
