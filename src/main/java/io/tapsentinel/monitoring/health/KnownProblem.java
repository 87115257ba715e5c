package io.tapsentinel.monitoring.health;

import static io.tapsentinel.monitoring.health.Findings.Level.DEGRADED;
import static io.tapsentinel.monitoring.health.Findings.Level.DOWN;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.monitoring.health.Findings.Level;

/**
 * Every problem that the program reports about itself, and what to do about it. Only problems that need action are DOWN. Those that pass
 * are DEGRADED, since taking a replica out of service would not fix them. The table in operation.md has one row for each.
 */
public enum KnownProblem {
    STUCK(
            "process",
            DOWN,
            "ten reads in a row failed over 15 minutes because of errors in this program",
            Remedies.STUCK),

    TAP_CREDENTIALS("tap", DOWN, "TAP refuses the credentials", Remedies.TAP_CREDENTIALS_OF_PROGRAM),
    TAP_UNREAD("tap", DEGRADED, "TAP has given no usable answer since the start", Remedies.TAP_UNREAD),
    TAP_LENGTH("tap", DEGRADED, "TAP's answers are unreadable, possibly truncated", Remedies.TAP_LENGTH),
    TAP_UNREADABLE("tap", DEGRADED, "a complete answer from TAP is unreadable", Remedies.TAP_UNREADABLE),
    TAP_WINDOW("tap", DOWN, "TAP refuses a window and will keep refusing it", Remedies.TAP_WINDOW),
    TAP_FORMAT("tap", DOWN, "most records of an answer are unreadable", Remedies.TAP_FORMAT),
    TAP_THROTTLED("tap", DEGRADED, "TAP throttles this program", Remedies.TAP_THROTTLED),
    TAP_FAILING("tap", DEGRADED, "windows keep failing", Remedies.TAP_FAILING),
    TAP_NO_POLL("tap", DEGRADED, "no poll has made progress for three intervals", Remedies.TAP_NO_POLL),
    TAP_BUDGET("tap", DEGRADED, "under 10 % of the day's requests are left for polls", Remedies.TAP_BUDGET),
    TAP_POSTPONED("tap", DEGRADED, "reads are postponed because the request budget is used up", Remedies.TAP_POSTPONED),
    TAP_CLOCK("tap", DEGRADED, "this machine's clock is wrong", Remedies.CLOCK),

    SENTINEL_TOKEN("sentinel", DOWN, "Microsoft Sentinel rejects the access token", Remedies.TOKEN_OF_PROGRAM),
    SENTINEL_ROLE("sentinel", DOWN, "Sentinel denies the identity write access", Remedies.ROLE_OF_PROGRAM),
    SENTINEL_RULE("sentinel", DOWN, "Sentinel does not know the data collection rule", Remedies.RULE_OF_PROGRAM),
    SENTINEL_REFUSES("sentinel", DOWN, "Sentinel refuses every request", Remedies.SENTINEL_REFUSES_PROGRAM),
    SENTINEL_UNREACHED("sentinel", DEGRADED, "Sentinel has not answered since the start", Remedies.SENTINEL_UNREACHED),
    SENTINEL_NOT_KEPT(
            "sentinel",
            DOWN,
            "sending is stopped because results cannot be recorded in the store",
            Remedies.SENTINEL_NOT_KEPT),
    SENTINEL_RETRIES("sentinel", DEGRADED, "Sentinel does not accept rows at the moment", Remedies.SENTINEL_RETRIES),
    SENTINEL_TABLE_SUSPENDED("sentinel", DEGRADED, "a table is suspended", Remedies.TABLE_SUSPENDED),
    SENTINEL_TABLE_DOWN("sentinel", DOWN, "a table has been suspended for 30 minutes", Remedies.TABLE_DOWN),

    STORE("storage", DOWN, "the store cannot be read or written", Remedies.STORE),
    STORAGE_SILENT("storage", DOWN, "the store or a folder does not answer", Remedies.STORAGE_SILENT),
    REJECTED_URI("storage", DOWN, "rejected records cannot be stored at tap.rejected.uri", Remedies.REJECTED_URI),
    STORE_LACKS("storage", DEGRADED, "the store lost commits before this start", Remedies.STORE_LACKS),
    REJECTED("storage", DEGRADED, "records were rejected in the last 24 hours", Remedies.REJECTED),
    UNKNOWN_TYPES("storage", DEGRADED, "TAP reports unknown event types", Remedies.UNKNOWN_TYPES),

    GAP(
            "completeness",
            DEGRADED,
            "time was lost in the last 7 days: TAP no longer has its events, or the answer is unreadable",
            Remedies.GAP),
    MISSING("completeness", DEGRADED, "swept hours lack events that TAP reports", Remedies.MISSING),
    UNREAD("completeness", DEGRADED, "completeness is unknown", Remedies.UNREAD),

    ROUTES("routes", DEGRADED, "an edit of routes/ is refused, the previous routes stay active", Remedies.ROUTES),

    ARCHIVE_WAITS("archive", DEGRADED, "tap.archive.uri does not accept answers", Remedies.ARCHIVE_WAITS),
    ARCHIVE_DROPS("archive", DEGRADED, "answers are not archived", Remedies.ARCHIVE_DROPS),

    SILENT("any", DEGRADED, "this part cannot be checked", Remedies.SILENT);

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

    /** Name of the check that reports it; {@code any} for all checks. */
    public String part() {
        return part;
    }

    /** DEGRADED or DOWN. */
    public Level level() {
        return level;
    }

    /** The problem, without details. */
    public String what() {
        return what;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
