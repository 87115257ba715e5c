package io.tapsentinel.event;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The four event types of {@code /v2/siem/all}. The route id and {@code direct:} endpoint are the array's name in kebab case, the repository
 * bean is the array's name plus {@code Seen}, and the Sentinel table is that of Proofpoint's published connector.
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

    /** The type of an array in TAP's answer; empty for an unknown array. */
    public static Optional<EventType> ofArray(String arrayName) {
        for (EventType type : values()) {
            if (type.arrayName.equals(arrayName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type of a Sentinel table; empty for a table without events. */
    public static Optional<EventType> ofTable(String table) {
        return Stream.of(values()).filter(type -> type.table.equals(table)).findFirst();
    }

    /** Name of the array in TAP's answer and of the stream in the store: {@code messagesBlocked}. */
    public String arrayName() {
        return arrayName;
    }

    /** Id of the Camel route, {@code messages-blocked}; its endpoint is {@code direct:messages-blocked}. */
    public String routeId() {
        return routeId;
    }

    /** Path below {@code /v2/siem/} that returns only this type: {@code messages/blocked}. */
    public String path() {
        return routeId.replace('-', '/');
    }

    /** Name of the repository bean: {@code messagesBlockedSeen}. */
    public String repository() {
        return arrayName + "Seen";
    }

    /** Name of the Sentinel table; the stream is {@code Custom-} plus this name. */
    public String table() {
        return table;
    }

    /** Clicks are flat and have one recipient; messages have a list of recipients and nested threats. */
    public boolean isClick() {
        return this == CLICKS_PERMITTED || this == CLICKS_BLOCKED;
    }
}
