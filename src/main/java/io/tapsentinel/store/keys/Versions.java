package io.tapsentinel.store.keys;

import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.event.VerdictDigest;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is known of one delivered event: the version of its first delivery, then those noticed later, oldest first. A version is a
 * verdict on the message that had the event's id first, or on another message with the same id.
 */
record Versions(List<Version> all) {

    /** The first verdict of a key that was written before its type had a table. */
    private static final long UNTOLD = 0;

    /**
     * One version.
     *
     * @param guid     digest of its message's GUID; 0 when that is not known
     * @param rejected while its record lies at {@code tap.rejected.uri} and not in its table
     */
    record Version(long verdict, long guid, boolean rejected) {}

    /** Whether this was said before, or nobody can tell. Going back to an earlier verdict is known. */
    boolean isKnown(long verdict, long guid) {
        return all.isEmpty()
                || all.get(0).verdict() == UNTOLD
                || of(guid).anyMatch(version -> version.verdict() == verdict);
    }

    /** Whether the record of the first delivery was rejected. */
    boolean isFirstRejected() {
        return !all.isEmpty() && all.get(0).rejected();
    }

    /** Whether it was sent later, as a change, and rejected. */
    boolean isLaterRejected(long verdict, long guid) {
        return of(guid).filter(version -> version != all.get(0))
                .anyMatch(version -> version.verdict() == verdict && version.rejected());
    }

    /** In which respects a version differs from the last other one of the same message, or from all when that has none. */
    Set<VerdictChange.Kind> kinds(long verdict, long guid) {
        return of(guid).map(Version::verdict)
                .filter(other -> other != verdict)
                .reduce((before, after) -> after)
                .map(last -> VerdictDigest.kinds(last, verdict))
                .orElse(otherGuid(guid) == 0 ? Set.of() : Set.of(VerdictChange.Kind.MESSAGE));
    }

    /** Whether it is known which message was the first one. */
    boolean isGuidKnown() {
        return !all.isEmpty() && all.get(0).guid() != 0;
    }

    /** The digest of a GUID that is not the first message's; else 0. A GUID that is missing, or was not stored, is no other one. */
    long otherGuid(long guid) {
        return !isGuidKnown() || guid == all.get(0).guid() ? 0 : guid;
    }

    /**
     * Whether these versions, found by a key that may stand for several events, tell of the event that has this verdict. Older
     * programs wrote no GUID.
     *
     * @param updates whether the later ones were sent, too
     */
    boolean tellOf(long verdict, boolean updates) {
        return all.stream()
                .limit(updates ? all.size() : 1)
                .filter(version -> version.guid() == 0)
                .anyMatch(version ->
                        version.verdict() == UNTOLD || VerdictDigest.hasSameThreats(version.verdict(), verdict));
    }

    private Stream<Version> of(long guid) {
        return all.stream().filter(version -> otherGuid(version.guid()) == otherGuid(guid));
    }
}
