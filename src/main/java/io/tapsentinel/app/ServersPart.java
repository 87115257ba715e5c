package io.tapsentinel.app;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.monitoring.health.HealthEndpoint;
import io.tapsentinel.net.BoundedHttpServers;
import io.tapsentinel.report.page.PageRoute;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP servers of the status page and of health and metrics, with limits on connections. */
public final class ServersPart extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(ServersPart.class);
    private static final String PAGE_SERVER = "camel.server";
    private static final List<String> SERVERS = List.of(PAGE_SERVER, "camel.management");
    /** Property: serve the status page. */
    public static final String PAGE = PAGE_SERVER + ".enabled";

    private final RunContext run;
    private BoundedHttpServers vertx;

    private ServersPart(RunContext run) {
        this.run = run;
    }

    /** Whether the status page is served; the default is no. */
    static boolean isPageServed(Map<String, String> properties) {
        return Boolean.parseBoolean(properties.get(PAGE));
    }

    static void add(RunContext run) {
        // requests need no body, and Vert.x would buffer up to 10 MB per connection
        run.main().addOverrideProperty(PAGE_SERVER + ".max-body-size", "0");
        run.main().addOverrideProperty(PAGE, String.valueOf(isPageServed(run.properties())));
        for (String server : SERVERS) {
            run.main().addOverrideProperty(server + ".host", run.properties().get(server + ".host"));
        }
        run.main().addMainListener(new ServersPart(run));
    }

    @Override
    public void beforeInitialize(BaseMainSupport main) {
        enabled(main.getCamelContext()).forEach(server -> requireFree(main.getCamelContext(), server));
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        if (!enabled(main.getCamelContext()).isEmpty()) {
            vertx = new BoundedHttpServers(BoundedHttpServers.IDLE, run.fatal());
            main.getCamelContext().getRegistry().bind("http-servers", vertx);
        }
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        HealthEndpoint.serve(main.getCamelContext());
        if (isPageServed(run.properties())) {
            LOG.info(PageRoute.describe(
                    run.properties().get(PAGE_SERVER + ".host"), value(main.getCamelContext(), PAGE_SERVER + ".port")));
        }
    }

    @Override
    public void afterStop(BaseMainSupport main) {
        if (vertx != null) {
            vertx.close();
        }
    }

    private static List<String> enabled(CamelContext context) {
        return SERVERS.stream()
                .filter(server -> value(context, server + ".enabled").equals("true"))
                .toList();
    }

    /** Camel Main would continue without its server if the port is in use. */
    private static void requireFree(CamelContext context, String server) {
        String host = value(context, server + ".host");
        String port = value(context, server + ".port");
        requireListening(server + ".host", host, "an address of this machine", host, "0");
        requireListening(server + ".port", port, "a free port", host, port);
    }

    private static void requireListening(String property, String value, String bound, String host, String port) {
        try {
            new ServerSocket(Integer.parseInt(port), 1, InetAddress.getByName(host)).close();
        } catch (IllegalArgumentException | IOException e) {
            throw new InvalidSettingException(
                    property + " is \"" + value + "\"; it must be " + bound + ": " + e.getMessage());
        }
    }

    private static String value(CamelContext context, String property) {
        return context.resolvePropertyPlaceholders("{{" + property + "}}");
    }
}
