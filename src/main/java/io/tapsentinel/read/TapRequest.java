package io.tapsentinel.read;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Sets TAP's query for a window and, for a read of one type, that type's endpoint. */
class TapRequest implements Processor {

    /**
     * Headers that override the address in tap-fetch, so that an edited route needs no change. With bridgeEndpoint,
     * camel-http uses the second.
     */
    private static final List<String> ADDRESS = List.of(Exchange.HTTP_URI, Exchange.REST_HTTP_URI);

    private final TapBudget budget;
    private final List<String> threatStatus;

    /** @param threatStatus which threats to request when all four types are read: active, cleared, falsePositive */
    TapRequest(TapBudget budget, List<String> threatStatus) {
        this.budget = budget;
        this.threatStatus = threatStatus;
    }

    @Override
    public void process(Exchange exchange) {
        WindowRead read = ReadRoutes.read(exchange);
        String question = question(read.threatStatus(threatStatus)) + read.window();
        budget.reading(read.due().purpose(), read.due().path(), question);
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_QUERY, question);
        ADDRESS.forEach(message::removeHeader);
        if (read.due().ofOneTable() != null) {
            String address = exchange.getContext()
                    .resolvePropertyPlaceholders("{{tap.url}}" + read.due().path());
            ADDRESS.forEach(header -> message.setHeader(header, address));
        }
    }

    private static String question(List<String> statuses) {
        // without a format, TAP answers in syslog
        return statuses.stream()
                .map(status -> "&threatStatus=" + status)
                .collect(Collectors.joining("", "format=json", "&interval="));
    }
}
