package io.tapsentinel.report.page;

import io.tapsentinel.net.LoopbackName;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultHeaderFilterStrategy;

/**
 * Serves the status page at {@code /} of Camel Main's server and what it tells at {@code /status.json}. Read-only; there is no sign-in,
 * so that the server listens on loopback unless told otherwise.
 */
public final class PageRoute extends RouteBuilder {

    private static final String HEADERS = "pageHeaders";

    private final PageSources sources;
    private final boolean loopbackOnly;

    /** @param host where the server listens */
    public PageRoute(PageSources sources, String host) {
        this.sources = sources;
        this.loopbackOnly = LoopbackName.is(host);
    }

    /** Where a person finds it, and what to think of when others can reach it. */
    public static String describe(String host, String port) {
        return "status page: http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":"
                + port + "/"
                + (LoopbackName.is(host) ? "" : ", to be seen by whoever reaches this address: it has no sign-in");
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        DefaultHeaderFilterStrategy filter = new DefaultHeaderFilterStrategy();
        // what Camel and HTTP say of the request is no part of an answer; Camel's usual filter would also drop
        // Cache-Control
        filter.setOutFilterStartsWith("camel", "org.apache.camel");
        filter.setLowerCase(true);
        getContext().getRegistry().bind(HEADERS, filter);
        PageAnswer answer = new PageAnswer(new PageData(sources, getContext())::json, loopbackOnly);
        from("platform-http:/?matchOnUriPrefix=true&headerFilterStrategy=#" + HEADERS)
                .routeId("tap-page")
                .description("the status page")
                .streamCache(false)
                .process(answer)
                .description("read only");
    }
}
