package io.tapsentinel.state;

import io.tapsentinel.tap.VerdictChange;
import io.tapsentinel.tap.VerdictDigest;
import java.util.List;
import java.util.Set;

/**
 * What is known of one delivered event: the verdict of its first delivery, then those noticed later, oldest first.
 */
record Versions(List<Version> all) {

    /** The first verdict of a key that was written before its type had a table. */
    private static final long UNTOLD = 0;

    /** One verdict; {@code rejected} while its record lies at {@code tap.rejected.uri} and not in its table. */
    record Version(long verdict, boolean rejected) {}

    /** Whether this was said before, or nobody can tell. Going back to an earlier verdict is known. */
    boolean isKnown(long verdict) {
        return all.isEmpty()
                || all.get(0).verdict() == UNTOLD
                || all.stream().anyMatch(version -> version.verdict() == verdict);
    }

    /** Whether the record of the first delivery was rejected. */
    boolean isFirstRejected() {
        return !all.isEmpty() && all.get(0).rejected();
    }

    /** Whether it was sent later, as a change, and rejected. */
    boolean isLaterRejected(long verdict) {
        return all.stream().skip(1).anyMatch(version -> version.verdict() == verdict && version.rejected());
    }

    /** In which respects a verdict differs from the last other one. */
    Set<VerdictChange.Kind> kinds(long verdict) {
        return all.stream()
                .map(Version::verdict)
                .filter(other -> other != verdict)
                .reduce((before, after) -> after)
                .map(last -> VerdictDigest.kinds(last, verdict))
                .orElse(Set.of());
    }
}
