package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.net.Network;
import java.io.IOException;
import java.util.function.Consumer;

/** Whether the ingestion endpoint is reachable; any HTTP answer will do. */
final class EndpointCheck implements Check {

    private final ConfigurationCheck configuration;
    private final Web web;
    private boolean ok;

    EndpointCheck(ConfigurationCheck configuration, Web web) {
        this.configuration = configuration;
        this.web = web;
    }

    @Override
    public String name() {
        return "endpoint";
    }

    @Override
    public void run(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** Whether the endpoint answered. */
    boolean isOk() {
        return ok;
    }

    private Finding finding(Settings settings) {
        try {
            web.get(settings.ingestion().resolve("/"), "");
            ok = true;
            return Finding.ok(name(), Network.place(settings.ingestion()) + " is reachable");
        } catch (IOException e) {
            return Finding.problem(
                    name(),
                    web.unreached(settings.ingestion(), "sentinel.endpoint").explain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.skipped(name(), "interrupted");
        }
    }
}
