package io.tapsentinel.monitoring.health;

import static io.tapsentinel.monitoring.health.Findings.Level.DEGRADED;
import static io.tapsentinel.monitoring.health.Findings.Level.DOWN;

import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.sentinel.SinkAdvice;

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
            "restart it, as Kubernetes does when the liveness probe fails, and report the WARN lines of the log as a fault of this program"),

    TAP_CREDENTIALS(
            "tap",
            DOWN,
            "TAP refuses the credentials",
            "check tap.principal and tap.secret, or the right of that service credential; corrected ones are tried at once after a restart, in"
                    + " tap.secret-file at the next poll"),
    TAP_UNREAD(
            "tap",
            DEGRADED,
            "TAP has given no usable answer since the start",
            "check tap.url, the proxy (HTTPS_PROXY, NO_PROXY), tls.ca-file and the network; the command doctor names the cause; TAP is asked"
                    + " again by itself"),
    TAP_LENGTH(
            "tap",
            DEGRADED,
            "TAP's answers cannot be read and may be cut",
            "they are asked for again; when it lasts, find what removes Content-Length or the chunks between TAP and"
                    + " this program"),
    TAP_UNREADABLE(
            "tap",
            DEGRADED,
            "an answer came in whole and cannot be read",
            "its time is narrowed down and all other time is read; when it lasts, look at what may change answers"
                    + " between TAP and this program, such as a proxy"),
    TAP_WINDOW(
            "tap",
            DOWN,
            "TAP refuses a window for a reason that will not pass",
            "the window is kept and asked for again, check tap.url, the routes and the clock"),
    TAP_FORMAT(
            "tap",
            DOWN,
            "most records of an answer cannot be read",
            "install a version of this program that knows TAP's new format; the window is kept and read again, nothing is lost within 7 days"),
    TAP_THROTTLED(
            "tap",
            DEGRADED,
            "TAP answers no more requests for now",
            "nothing, it passes when the oldest requests of the day age out; give this program a credential of its own when another client"
                    + " uses this one"),
    TAP_FAILING(
            "tap",
            DEGRADED,
            "windows keep failing",
            "nothing at first, they are read again; when it lasts, look at the other problems first, then at the routes that were edited"
                    + " last, and by the command doctor at TAP"),
    TAP_NO_POLL(
            "tap",
            DEGRADED,
            "no new time was read for three poll intervals",
            "look at the other problems first, then at the WARN lines of the log; nothing is lost within 7 days"),
    TAP_BUDGET(
            "tap",
            DEGRADED,
            "under 10 % of the day's requests are left for polls",
            "nothing when it is the end of a catch-up; else poll less often (tap.poll.cron), sweep at fewer ages (tap.sweep.ages), or look"
                    + " for who else uses the credential"),
    TAP_POSTPONED(
            "tap",
            DEGRADED,
            "reads wait, since the budget has no room for them",
            "nothing, they go on when the oldest requests of the day age out; when it comes often, sweep at fewer ages (tap.sweep.ages)"),
    TAP_CLOCK(
            "tap",
            DEGRADED,
            "this machine's clock is wrong",
            "have the clock set by a time service; windows are planned by the earlier clock meanwhile"),

    SENTINEL_TOKEN(
            "sentinel",
            DOWN,
            "Sentinel takes no token of ours",
            "check the identity (AZURE_CLIENT_ID and its kin) and sentinel.cloud; the command doctor names the cause; nothing is lost"
                    + " within 7 days, rows and reading wait until it is right"),
    SENTINEL_ROLE(
            "sentinel",
            DOWN,
            "Sentinel forbids the identity to write",
            SinkAdvice.ROLE + "; nothing is lost within 7 days, rows and reading wait until it is right"),
    SENTINEL_RULE(
            "sentinel",
            DOWN,
            "Sentinel does not know the rule",
            SinkAdvice.RULE + "; nothing is lost within 7 days, rows and reading wait until it is right"),
    SENTINEL_REFUSES(
            "sentinel",
            DOWN,
            "Sentinel refuses whatever is sent",
            SinkAdvice.REFUSES + "; nothing is lost within 7 days, rows and reading wait until it is right"),
    SENTINEL_UNREACHED(
            "sentinel",
            DEGRADED,
            "Sentinel has not answered since the start",
            "check sentinel.endpoint, the proxy (HTTPS_PROXY, NO_PROXY), tls.ca-file and the network; the command doctor names the cause;"
                    + " rows and reading wait and go on by themselves"),
    SENTINEL_NOT_KEPT(
            "sentinel",
            DOWN,
            "rows cannot be sent, since the program cannot note what became of them",
            "look at the part storage and at the disk; windows are read again once it is right"),
    SENTINEL_RETRIES(
            "sentinel",
            DEGRADED,
            "Sentinel does not take rows at the moment",
            "nothing, the same rows are sent again until it takes them; after an hour " + SinkAdvice.PASSING),
    SENTINEL_TABLE_SUSPENDED(
            "sentinel",
            DEGRADED,
            "a table is suspended",
            "what the message says of its last answer: 403, the role; 404, the rule; 400, its stream; 5xx or none, Azure's status page; its"
                    + " events are deferred and sent later, nothing is lost within 7 days"),
    SENTINEL_TABLE_DOWN(
            "sentinel",
            DOWN,
            "a table has been suspended for 30 minutes",
            "as for a table that is suspended; TAP keeps its events for 7 days"),

    STORE(
            "storage",
            DOWN,
            "the store cannot be read or written",
            "put right what it says: the disk may be full, or the file damaged or not ours; windows are read again once it is right"),
    STORAGE_SILENT(
            "storage",
            DOWN,
            "the store or a folder does not answer",
            "look at the database's server and the network to it, or at the disk; nothing is lost within 7 days, and reading goes on once"
                    + " it answers"),
    REJECTED_URI(
            "storage",
            DOWN,
            "tap.rejected.uri takes no record",
            "make room there or put the endpoint right; the windows of such records stay due until then"),
    STORE_LACKS(
            "storage",
            DEGRADED,
            "the store lacks commits that were made before this start",
            "find out what restored its file or removed its -wal; the query EventsTwice lists rows that are in Sentinel twice; shown for a"
                    + " day"),
    REJECTED(
            "storage",
            DEGRADED,
            "records were rejected in the last 24 hours",
            "see the command rejected, put right what it names and move the files to tap.replay.uri"),
    UNKNOWN_TYPES(
            "storage",
            DEGRADED,
            "TAP reports events of unknown types",
            "look for a newer version of this program; their documents lie at tap.rejected.uri and can be replayed then"),

    GAP(
            "completeness",
            DEGRADED,
            "time was lost in the last 7 days: TAP forgot it before it could be read or delivered, or its answer cannot be read",
            "see the command gaps for the reason; move kept answers of that time, or a repaired one from tap.rejected.uri, to"
                    + " tap.replay.uri"),
    MISSING(
            "completeness",
            DEGRADED,
            "swept hours lack events that TAP reports",
            "see the command status for the hours; when the next sweep does not bring them, report it as a fault of this program"),
    UNREAD("completeness", DEGRADED, "completeness is not known", "look at the part storage"),

    ROUTES(
            "routes",
            DEGRADED,
            "an edit of routes/ is refused, the routes before it go on",
            "put right what it names, the folder is looked at by itself; the command routes check tells all of it"),

    ARCHIVE_WAITS(
            "archive",
            DEGRADED,
            "tap.archive.uri does not take answers",
            "they wait in tap.archive.outbox and are sent when it does; check the endpoint, the identity's role on it and the network"),
    ARCHIVE_DROPS(
            "archive",
            DEGRADED,
            "answers are not archived",
            "make room or let tap.archive.uri be reached; events are delivered all the same"),

    SILENT(
            "any",
            DEGRADED,
            "this part cannot be looked at",
            "look at the part storage; what else is said of this part is from before");

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
