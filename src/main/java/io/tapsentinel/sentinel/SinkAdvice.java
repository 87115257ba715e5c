package io.tapsentinel.sentinel;

/** What to do about an answer of Sentinel, whether it stands in the way of one table or of all. */
public final class SinkAdvice {

    public static final String ROLE =
            "give the identity the role Monitoring Metrics Publisher on the data collection rule, it counts within 30"
                    + " minutes; the command doctor names the identity";
    public static final String RULE =
            "check sentinel.dcr-immutable-id and sentinel.endpoint against the data collection rule";
    public static final String REFUSES =
            "check that sentinel.endpoint is the rule's and that the rule and the tables are those of the template;"
                    + " the command doctor names the cause";
    public static final String PASSING =
            "look at Azure's status page, sentinel.endpoint, the network, and the rule's limits (12,000 requests and"
                    + " 2 GB a minute)";
    private static final String STREAM =
            "check that the rule has the table's stream, its columns and its transformation as in the"
                    + " template, or deploy the template again; the command doctor checks each stream";
    private static final String SIZE =
            "find what refuses requests of under 1 MB between this program and Sentinel, such as a proxy";

    private SinkAdvice() {}

    /** For one table that refuses while another one accepts. @param status of the last answer, 0 when there was none */
    public static String ofTable(int status) {
        return switch (status) {
            case 403 -> ROLE;
            case 404 -> RULE;
            case 400 -> STREAM;
            case 413 -> SIZE;
            case 0, 408 -> PASSING;
            default -> status >= 500 ? PASSING : REFUSES;
        };
    }
}
