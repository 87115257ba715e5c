package io.tapsentinel.config;

/**
 * What to do about each known problem: the only list, used by health, the doctor, the status page and the messages about suspended tables.
 * Each is one line without a full stop at its end. It begins with the action, or with "no action needed" where the problem passes.
 */
public final class Remedies {

    private static final String UNTIL_RIGHT = ". Reading and sending wait until then; nothing is lost within 7 days";
    private static final String DOCTOR_NAMES_CAUSE = "; the command doctor finds the cause";
    private static final String WAY =
            ", the proxy (HTTPS_PROXY, NO_PROXY), tls.ca-file and the network" + DOCTOR_NAMES_CAUSE;
    public static final String STUCK =
            "restart the program (Kubernetes does when the liveness probe fails) and report the WARN lines of the log as a bug";
    public static final String TAP_CREDENTIALS =
            "check tap.principal and tap.secret, and the rights of that service credential";
    public static final String TAP_CREDENTIALS_OF_PROGRAM =
            TAP_CREDENTIALS + ". New values apply after a restart, those in tap.secret-file at the next poll";
    public static final String TAP_UNREAD = "check tap.url" + WAY + ". The program keeps trying";
    public static final String TAP_LENGTH =
            "no action needed at first: the answers are requested again. If it lasts, find what removes Content-Length or chunked"
                    + " encoding between TAP and this program";
    public static final String TAP_UNREADABLE =
            "no action needed at first: the program narrows down the unreadable time and reads the rest. If it lasts, look for what"
                    + " changes answers between TAP and this program, such as a proxy";
    public static final String TAP_WINDOW =
            "check tap.url, the routes and the clock; the program keeps requesting the window";
    public static final String TAP_FORMAT =
            "install a version of this program that supports TAP's new format. The window is read again then; nothing is lost within 7 days";
    public static final String OTHER_CLIENT = "give this program its own credential if another client uses this one";
    public static final String TAP_THROTTLED =
            "no action needed: TAP answers again when the oldest requests are a day old; " + OTHER_CLIENT;
    public static final String TAP_FAILING =
            "no action needed at first: the windows are read again. If it lasts, fix the other problems, then check the routes that were"
                    + " edited last; the command doctor checks TAP";
    public static final String TAP_NO_POLL =
            "fix the other problems first, then look at the WARN lines of the log; nothing is lost within 7 days";
    private static final String FEWER_SWEEPS = "sweep at fewer ages (tap.sweep.ages)";
    public static final String FEWER_REQUESTS = "poll less often (tap.poll.cron) or " + FEWER_SWEEPS;
    public static final String TAP_BUDGET = "no action needed at the end of a catch-up; otherwise " + FEWER_REQUESTS
            + ", and check whether another client uses the credential";
    public static final String TAP_POSTPONED =
            "no action needed: the reads continue when the oldest requests are a day old. If it happens often, "
                    + FEWER_SWEEPS;
    /** Only for the page, whose figures show the problem before health does. */
    public static final String TAP_BEHIND =
            "no action needed while the program pauses after a refusal by Proofpoint; Health in detail shows until when";

    public static final String CLOCK =
            "synchronize the clock with a time service; until then windows are planned by the earlier of both clocks";
    public static final String TOKEN =
            "check the identity (AZURE_CLIENT_ID and the related variables) and sentinel.cloud";
    public static final String TOKEN_OF_PROGRAM = TOKEN + DOCTOR_NAMES_CAUSE + UNTIL_RIGHT;
    public static final String ROLE =
            "assign the identity the role Monitoring Metrics Publisher on the data collection rule (effective within 30 minutes)";
    public static final String ROLE_OF_TABLE = ROLE + "; the command doctor names the identity";
    public static final String ROLE_OF_PROGRAM = ROLE_OF_TABLE + UNTIL_RIGHT;
    public static final String RULE =
            "check sentinel.dcr-immutable-id and sentinel.endpoint against the data collection rule";
    public static final String RULE_OF_PROGRAM = RULE + UNTIL_RIGHT;
    public static final String STREAM =
            "check that the rule has the table's stream, with the columns and the transformation of the template, or deploy the template"
                    + " again";
    public static final String REQUEST_SIZE =
            "find what refuses requests under 1 MB between this program and Sentinel, such as a proxy";
    public static final String SENTINEL_REFUSES =
            "check that sentinel.endpoint belongs to the rule, and that the rule and the tables match the template";
    public static final String SENTINEL_REFUSES_PROGRAM = SENTINEL_REFUSES + DOCTOR_NAMES_CAUSE + UNTIL_RIGHT;
    public static final String SENTINEL_BUSY =
            "check Azure's status page, sentinel.endpoint, the network, and the rule's limits (12,000 requests and 2 GB a minute)";
    public static final String SENTINEL_RETRIES =
            "no action needed: the rows are sent again until Sentinel accepts them. After an hour, " + SENTINEL_BUSY;
    public static final String SENTINEL_UNREACHED =
            "check sentinel.endpoint" + WAY + ". Rows wait and are sent when Sentinel answers";
    public static final String SENTINEL_NOT_KEPT =
            "check the disk and the problems under storage; the windows are read again once the store can be written";
    public static final String TABLE_SUSPENDED =
            "check by its last answer: 403, the role; 404, the rule; 400, the stream; 5xx or none, Azure's status page. Its events are"
                    + " deferred and sent later; nothing is lost within 7 days";
    public static final String TABLE_DOWN = "as for a suspended table; TAP keeps its events for 7 days";
    public static final String STORE =
            "fix what the message names: a full disk, a damaged file, or a file that another user owns. Windows are read again once the"
                    + " store works";
    public static final String STORAGE_SILENT =
            "check the database server and the network to it, or the disk. Reading continues when it answers; nothing is lost within 7 days";
    public static final String REJECTED_URI =
            "free space there or fix the endpoint; until then, windows with rejected records are read again";
    public static final String STORE_LACKS =
            "find out what restored the store's file or removed its -wal; the query EventsTwice lists rows that are in Sentinel twice."
                    + " Shown for a day";
    public static final String REJECTED =
            "run the command rejected, fix what it names and move the files to tap.replay.uri";
    public static final String UNKNOWN_TYPES =
            "look for a newer version of this program; until then the events are kept at tap.rejected.uri and can be replayed later";
    public static final String GAP =
            "run the command gaps to see the reason; to fill a gap, move archived answers of that time, or a repaired one from"
                    + " tap.rejected.uri, to tap.replay.uri";
    public static final String MISSING =
            "run the command status to see the hours; if the next sweep does not deliver the events, report it as a bug";
    public static final String UNREAD = "check the problems under storage";
    public static final String SILENT = UNREAD + "; everything else shown for this part may be out of date";
    public static final String ROUTES =
            "fix what it names, the program picks up the edit; the command routes check lists every problem";
    public static final String ARCHIVE_WAITS =
            "answers wait in tap.archive.outbox until it accepts them; check the endpoint, the identity's role on it and the network";
    public static final String ARCHIVE_DROPS =
            "free space or make tap.archive.uri reachable; events are still delivered";

    private Remedies() {}

    /** For a table that refuses while another accepts. @param status of Sentinel's last answer, 0 for no answer */
    public static String ofTable(int status) {
        return switch (status) {
            case 403 -> ROLE_OF_TABLE;
            case 404 -> RULE;
            case 400 -> STREAM + "; the command doctor checks each stream";
            case 413 -> REQUEST_SIZE;
            case 0, 408 -> SENTINEL_BUSY;
            default -> status >= 500 ? SENTINEL_BUSY : SENTINEL_REFUSES + DOCTOR_NAMES_CAUSE;
        };
    }
}
