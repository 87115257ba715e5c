package io.tapsentinel.store.keys;

import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.event.VerdictDigest;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The known versions of a delivered event, oldest first, beginning with the first delivery. A version is a verdict on the first message with
 * the event's id, or on another message with that id.
 */
record Versions(List<Version> all) {

    /** Verdict of a key that was written when its type had no table yet. */
    private static final long UNTOLD = 0;

    /**
     * One version.
     *
     * @param guid     digest of the GUID; 0 for unknown
     * @param rejected whether the record was rejected and not delivered since
     */
    record Version(long verdict, long guid, boolean rejected) {}

    /** Whether this version is known, or cannot be judged. A return to an earlier verdict is known. */
    boolean isKnown(long verdict, long guid) {
        return all.isEmpty()
                || all.get(0).verdict() == UNTOLD
                || of(guid).anyMatch(version -> version.verdict() == verdict);
    }

    /** Whether the first record was rejected. */
    boolean isFirstRejected() {
        return !all.isEmpty() && all.get(0).rejected();
    }

    /** Whether this version was sent as a change and rejected. */
    boolean isLaterRejected(long verdict, long guid) {
        return of(guid).filter(version -> version != all.get(0))
                .anyMatch(version -> version.verdict() == verdict && version.rejected());
    }

    /** What differs from the last other version of the same message, or from any version if there is none. */
    Set<VerdictChange.Kind> kinds(long verdict, long guid) {
        return of(guid).map(Version::verdict)
                .filter(other -> other != verdict)
                .reduce((before, after) -> after)
                .map(last -> VerdictDigest.kinds(last, verdict))
                .orElse(otherGuid(guid) == 0 ? Set.of() : Set.of(VerdictChange.Kind.MESSAGE));
    }

    /** Whether the GUID of the first message is known. */
    boolean isGuidKnown() {
        return !all.isEmpty() && all.get(0).guid() != 0;
    }

    /** The digest if it differs from the first message's GUID, else 0. A missing or unknown GUID does not differ. */
    long otherGuid(long guid) {
        return !isGuidKnown() || guid == all.get(0).guid() ? 0 : guid;
    }

    /**
     * Whether these versions, found under a key that several events may share, belong to the event with this verdict. Older programs wrote no
     * GUID.
     *
     * @param updates whether later versions were sent as well
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
