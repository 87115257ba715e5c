package io.tapsentinel.config;

/**
 * What to do about each known problem: the one list for health, the doctor, the status page and the sentences about a suspended table.
 * Each is one line without a full stop; it begins with what a person does, or with "nothing" where it passes by itself.
 */
public final class Remedies {

    private static final String UNTIL_RIGHT =
            "; nothing is lost within 7 days, rows and reading wait until it is right";
    private static final String DOCTOR_NAMES_CAUSE = "; the command doctor names the cause";
    private static final String WAY =
            ", the proxy (HTTPS_PROXY, NO_PROXY), tls.ca-file and the network" + DOCTOR_NAMES_CAUSE;

    public static final String STUCK =
            "restart it, as Kubernetes does when the liveness probe fails, and report the WARN lines of the log as a fault of this program";

    public static final String TAP_CREDENTIALS =
            "check tap.principal and tap.secret, or the right of that service credential";
    public static final String TAP_CREDENTIALS_OF_PROGRAM =
            TAP_CREDENTIALS + "; corrected ones are tried at once after a restart, in tap.secret-file at the next poll";
    public static final String TAP_UNREAD = "check tap.url" + WAY + "; TAP is asked again by itself";
    public static final String TAP_LENGTH =
            "they are asked for again; when it lasts, find what removes Content-Length or the chunks between TAP and this program";
    public static final String TAP_UNREADABLE =
            "its time is narrowed down and all other time is read; when it lasts, look at what may change answers between TAP and"
                    + " this program, such as a proxy";
    public static final String TAP_WINDOW =
            "the window is kept and asked for again, check tap.url, the routes and the clock";
    public static final String TAP_FORMAT =
            "install a version of this program that knows TAP's new format; the window is kept and read again, nothing is lost within 7 days";
    public static final String OTHER_CLIENT =
            "give this program a credential of its own when another client uses this one";
    public static final String TAP_THROTTLED =
            "nothing, it passes when the oldest requests of the day age out; " + OTHER_CLIENT;
    public static final String TAP_FAILING =
            "nothing at first, they are read again; when it lasts, look at the other problems first, then at the routes that were edited"
                    + " last, and by the command doctor at TAP";
    public static final String TAP_NO_POLL =
            "look at the other problems first, then at the WARN lines of the log; nothing is lost within 7 days";
    private static final String FEWER_SWEEPS = "sweep at fewer ages (tap.sweep.ages)";
    public static final String FEWER_REQUESTS = "poll less often (tap.poll.cron), " + FEWER_SWEEPS;
    public static final String TAP_BUDGET = "nothing when it is the end of a catch-up; else " + FEWER_REQUESTS
            + ", or look for who else uses the credential";
    public static final String TAP_POSTPONED =
            "nothing, they go on when the oldest requests of the day age out; when it comes often, " + FEWER_SWEEPS;
    /** Of the page alone, whose figures show it before health finds a reason. */
    public static final String TAP_BEHIND =
            "nothing, while it rests after a refusal of Proofpoint: Health in detail says until when";

    public static final String CLOCK =
            "have the clock set by a time service; windows are planned by the earlier clock meanwhile";

    public static final String TOKEN = "check the identity (AZURE_CLIENT_ID and its kin) and sentinel.cloud";
    public static final String TOKEN_OF_PROGRAM = TOKEN + DOCTOR_NAMES_CAUSE + UNTIL_RIGHT;
    public static final String ROLE =
            "give the identity the role Monitoring Metrics Publisher on the data collection rule, it counts within 30 minutes";
    public static final String ROLE_OF_TABLE = ROLE + "; the command doctor names the identity";
    public static final String ROLE_OF_PROGRAM = ROLE_OF_TABLE + UNTIL_RIGHT;
    public static final String RULE =
            "check sentinel.dcr-immutable-id and sentinel.endpoint against the data collection rule";
    public static final String RULE_OF_PROGRAM = RULE + UNTIL_RIGHT;
    public static final String STREAM =
            "check that the rule has the table's stream, its columns and its transformation as in the template, or deploy the template again";
    public static final String REQUEST_SIZE =
            "find what refuses requests of under 1 MB between this program and Sentinel, such as a proxy";
    public static final String SENTINEL_REFUSES =
            "check that sentinel.endpoint is the rule's and that the rule and the tables are those of the template";
    public static final String SENTINEL_REFUSES_PROGRAM = SENTINEL_REFUSES + DOCTOR_NAMES_CAUSE + UNTIL_RIGHT;
    public static final String SENTINEL_BUSY =
            "look at Azure's status page, sentinel.endpoint, the network, and the rule's limits (12,000 requests and 2 GB a minute)";
    public static final String SENTINEL_RETRIES =
            "nothing, the same rows are sent again until it takes them; after an hour " + SENTINEL_BUSY;
    public static final String SENTINEL_UNREACHED =
            "check sentinel.endpoint" + WAY + "; rows and reading wait and go on by themselves";
    public static final String SENTINEL_NOT_KEPT =
            "look at the part storage and at the disk; windows are read again once it is right";
    public static final String TABLE_SUSPENDED =
            "what the message says of its last answer: 403, the role; 404, the rule; 400, its stream; 5xx or none, Azure's status page; its"
                    + " events are deferred and sent later, nothing is lost within 7 days";
    public static final String TABLE_DOWN = "as for a table that is suspended; TAP keeps its events for 7 days";

    public static final String STORE =
            "put right what it says: the disk may be full, or the file damaged or not ours; windows are read again once it is right";
    public static final String STORAGE_SILENT =
            "look at the database's server and the network to it, or at the disk; nothing is lost within 7 days, and reading goes on once"
                    + " it answers";
    public static final String REJECTED_URI =
            "make room there or put the endpoint right; the windows of such records stay due until then";
    public static final String STORE_LACKS =
            "find out what restored its file or removed its -wal; the query EventsTwice lists rows that are in Sentinel twice; shown for a day";
    public static final String REJECTED =
            "see the command rejected, put right what it names and move the files to tap.replay.uri";
    public static final String UNKNOWN_TYPES =
            "look for a newer version of this program; their documents lie at tap.rejected.uri and can be replayed then";

    public static final String GAP =
            "see the command gaps for the reason; move kept answers of that time, or a repaired one from tap.rejected.uri, to"
                    + " tap.replay.uri";
    public static final String MISSING =
            "see the command status for the hours; when the next sweep does not bring them, report it as a fault of this program";
    public static final String UNREAD = "look at the part storage";
    public static final String SILENT = UNREAD + "; what else is said of this part is from before";

    public static final String ROUTES =
            "put right what it names, the folder is looked at by itself; the command routes check tells all of it";
    public static final String ARCHIVE_WAITS =
            "they wait in tap.archive.outbox and are sent when it does; check the endpoint, the identity's role on it and the network";
    public static final String ARCHIVE_DROPS =
            "make room or let tap.archive.uri be reached; events are delivered all the same";

    private Remedies() {}

    /** For one table that refuses while another one accepts. @param status of Sentinel's last answer, 0 when there was none */
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
