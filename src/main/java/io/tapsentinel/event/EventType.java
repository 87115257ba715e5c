package io.tapsentinel.event;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The four kinds of event that {@code /v2/siem/all} returns. Names follow one rule everywhere: the array in TAP's answer
 * is the source, the Camel route and {@code direct:} endpoint are the same words in kebab case, the repository bean is
 * the array's name plus {@code Seen}, and the Sentinel table is the one of the vendor's published connector.
 */
public enum EventType {
    CLICKS_PERMITTED("clicksPermitted", "clicks-permitted", "ProofPointTAPClicksPermittedV2_CL"),
    CLICKS_BLOCKED("clicksBlocked", "clicks-blocked", "ProofPointTAPClicksBlockedV2_CL"),
    MESSAGES_DELIVERED("messagesDelivered", "messages-delivered", "ProofPointTAPMessagesDeliveredV2_CL"),
    MESSAGES_BLOCKED("messagesBlocked", "messages-blocked", "ProofPointTAPMessagesBlockedV2_CL");

    private final String arrayName;
    private final String routeId;
    private final String table;

    EventType(String arrayName, String routeId, String table) {
        this.arrayName = arrayName;
        this.routeId = routeId;
        this.table = table;
    }

    /** The type whose events stand in the given array of TAP's answer; empty for a name TAP has not had so far. */
    public static Optional<EventType> ofArray(String arrayName) {
        for (EventType type : values()) {
            if (type.arrayName.equals(arrayName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type whose events go to this table; empty for a table that holds no events. */
    public static Optional<EventType> ofTable(String table) {
        return Stream.of(values()).filter(type -> type.table.equals(table)).findFirst();
    }

    /** Name of the array in TAP's answer, also the stream's name in the store: {@code messagesBlocked}. */
    public String arrayName() {
        return arrayName;
    }

    /** Id of the Camel route, and with {@code direct:} before it, its endpoint: {@code messages-blocked}. */
    public String routeId() {
        return routeId;
    }

    /** Path of the endpoint that returns this type alone, below {@code /v2/siem/}: {@code messages/blocked}. */
    public String path() {
        return routeId.replace('-', '/');
    }

    /** Name of the repository bean: {@code messagesBlockedSeen}. */
    public String repository() {
        return arrayName + "Seen";
    }

    /** Name of the Sentinel table; its stream is {@code Custom-} plus this. */
    public String table() {
        return table;
    }

    /** Whether events are clicks (one recipient, flat) rather than messages (a list of recipients, nested threats). */
    public boolean isClick() {
        return this == CLICKS_PERMITTED || this == CLICKS_BLOCKED;
    }
}
