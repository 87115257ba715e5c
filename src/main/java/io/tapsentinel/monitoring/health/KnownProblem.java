package io.tapsentinel.monitoring.health;

import static io.tapsentinel.monitoring.health.Findings.Level.DEGRADED;
import static io.tapsentinel.monitoring.health.Findings.Level.DOWN;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.monitoring.health.Findings.Level;

/**
 * Every problem that the program tells of itself, and what to do about it. DOWN only where nothing goes on until a person acts: what
 * passes by itself is DEGRADED, since a replica that is taken out of service mends nothing. The table of the page on operation has a
 * row for each.
 */
public enum KnownProblem {
    STUCK(
            "process",
            DOWN,
            "reading failed ten times in a row over 15 minutes for reasons inside the program",
            Remedies.STUCK),

    TAP_CREDENTIALS("tap", DOWN, "TAP refuses the credentials", Remedies.TAP_CREDENTIALS_OF_PROGRAM),
    TAP_UNREAD("tap", DEGRADED, "TAP has given no usable answer since the start", Remedies.TAP_UNREAD),
    TAP_LENGTH("tap", DEGRADED, "TAP's answers cannot be read and may be cut", Remedies.TAP_LENGTH),
    TAP_UNREADABLE("tap", DEGRADED, "an answer came in whole and cannot be read", Remedies.TAP_UNREADABLE),
    TAP_WINDOW("tap", DOWN, "TAP refuses a window for a reason that will not pass", Remedies.TAP_WINDOW),
    TAP_FORMAT("tap", DOWN, "most records of an answer cannot be read", Remedies.TAP_FORMAT),
    TAP_THROTTLED("tap", DEGRADED, "TAP answers no more requests for now", Remedies.TAP_THROTTLED),
    TAP_FAILING("tap", DEGRADED, "windows keep failing", Remedies.TAP_FAILING),
    TAP_NO_POLL("tap", DEGRADED, "no new time was read for three poll intervals", Remedies.TAP_NO_POLL),
    TAP_BUDGET("tap", DEGRADED, "under 10 % of the day's requests are left for polls", Remedies.TAP_BUDGET),
    TAP_POSTPONED("tap", DEGRADED, "reads wait, since the budget has no room for them", Remedies.TAP_POSTPONED),
    TAP_CLOCK("tap", DEGRADED, "this machine's clock is wrong", Remedies.CLOCK),

    SENTINEL_TOKEN("sentinel", DOWN, "Sentinel takes no token of ours", Remedies.TOKEN_OF_PROGRAM),
    SENTINEL_ROLE("sentinel", DOWN, "Sentinel forbids the identity to write", Remedies.ROLE_OF_PROGRAM),
    SENTINEL_RULE("sentinel", DOWN, "Sentinel does not know the rule", Remedies.RULE_OF_PROGRAM),
    SENTINEL_REFUSES("sentinel", DOWN, "Sentinel refuses whatever is sent", Remedies.SENTINEL_REFUSES_PROGRAM),
    SENTINEL_UNREACHED("sentinel", DEGRADED, "Sentinel has not answered since the start", Remedies.SENTINEL_UNREACHED),
    SENTINEL_NOT_KEPT(
            "sentinel",
            DOWN,
            "rows cannot be sent, since the program cannot note what became of them",
            Remedies.SENTINEL_NOT_KEPT),
    SENTINEL_RETRIES("sentinel", DEGRADED, "Sentinel does not take rows at the moment", Remedies.SENTINEL_RETRIES),
    SENTINEL_TABLE_SUSPENDED("sentinel", DEGRADED, "a table is suspended", Remedies.TABLE_SUSPENDED),
    SENTINEL_TABLE_DOWN("sentinel", DOWN, "a table has been suspended for 30 minutes", Remedies.TABLE_DOWN),

    STORE("storage", DOWN, "the store cannot be read or written", Remedies.STORE),
    STORAGE_SILENT("storage", DOWN, "the store or a folder does not answer", Remedies.STORAGE_SILENT),
    REJECTED_URI("storage", DOWN, "tap.rejected.uri takes no record", Remedies.REJECTED_URI),
    STORE_LACKS("storage", DEGRADED, "the store lacks commits that were made before this start", Remedies.STORE_LACKS),
    REJECTED("storage", DEGRADED, "records were rejected in the last 24 hours", Remedies.REJECTED),
    UNKNOWN_TYPES("storage", DEGRADED, "TAP reports events of unknown types", Remedies.UNKNOWN_TYPES),

    GAP(
            "completeness",
            DEGRADED,
            "time was lost in the last 7 days: TAP forgot it before it could be read or delivered, or its answer cannot be read",
            Remedies.GAP),
    MISSING("completeness", DEGRADED, "swept hours lack events that TAP reports", Remedies.MISSING),
    UNREAD("completeness", DEGRADED, "completeness is not known", Remedies.UNREAD),

    ROUTES("routes", DEGRADED, "an edit of routes/ is refused, the routes before it go on", Remedies.ROUTES),

    ARCHIVE_WAITS("archive", DEGRADED, "tap.archive.uri does not take answers", Remedies.ARCHIVE_WAITS),
    ARCHIVE_DROPS("archive", DEGRADED, "answers are not archived", Remedies.ARCHIVE_DROPS),

    SILENT("any", DEGRADED, "this part cannot be looked at", Remedies.SILENT);

    private final String part;
    private final Level level;
    private final String what;
    private final String remedy;

    KnownProblem(String part, Level level, String what, String remedy) {
        this.part = part;
        this.level = level;
        this.what = what;
        this.remedy = remedy;
    }

    /** Name of the check that tells it; {@code any} for all of them. */
    public String part() {
        return part;
    }

    /** DEGRADED or DOWN. */
    public Level level() {
        return level;
    }

    /** What it is, without particulars. */
    public String what() {
        return what;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
