package io.tapsentinel.report.page;

import io.tapsentinel.net.LoopbackName;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultHeaderFilterStrategy;

/**
 * Serves the status page at {@code /} and its figures at {@code /status.json}. It is read-only and has no authentication, so the server
 * listens on loopback by default.
 */
public final class PageRoute extends RouteBuilder {

    private static final String HEADERS = "pageHeaders";

    private final PageSources sources;
    private final boolean loopbackOnly;

    /** @param host the address that the server listens on */
    public PageRoute(PageSources sources, String host) {
        this.sources = sources;
        this.loopbackOnly = LoopbackName.is(host);
    }

    /** The page's address, with a warning if other machines can reach it. */
    public static String describe(String host, String port) {
        return "Status page: http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":"
                + port + "/"
                + (LoopbackName.is(host) ? "" : " (no authentication: anyone who can reach this address can read it)");
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        DefaultHeaderFilterStrategy filter = new DefaultHeaderFilterStrategy();
        // drops headers of the request from the answer; Camel's usual filter would also drop Cache-Control
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
