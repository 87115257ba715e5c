package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.sentinel.upload.IngestionClients;
import io.tapsentinel.sentinel.upload.IngestionUploader;
import io.tapsentinel.sentinel.upload.Uploader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Which checks there are, in which order, and with what they look. */
final class CheckList {

    private CheckList() {}

    static List<Check> checks(Map<String, String> properties, Clock clock) {
        Path here = Path.of("");
        ConfigurationCheck configuration = new ConfigurationCheck(properties, System.getenv(), here);
        RoutesCheck routes = new RoutesCheck(properties, here);
        if (configuration.isSandbox()) {
            return List.of(configuration, routes);
        }
        StoreCheck store = new StoreCheck(properties, configuration, clock);
        Web web = new Web(configuration::network, clock);
        TapCheck tap = new TapCheck(configuration, web, clock);
        EndpointCheck endpoint = new EndpointCheck(configuration, web);
        TokenCheck token = new TokenCheck(
                configuration,
                () -> configuration.clients().credential(),
                () -> configuration.clients().identity(),
                clock);
        RuleCheck rule = new RuleCheck(
                configuration, endpoint::isWell, token, settings -> uploader(settings, configuration.clients()));
        return List.of(
                configuration,
                routes,
                store,
                tap,
                new ClockCheck(tap::answer),
                endpoint,
                token,
                rule,
                new BudgetCheck(store, tap));
    }

    private static Uploader uploader(Settings settings, IngestionClients clients) {
        return new IngestionUploader(
                settings.ingestion(), settings.authenticate() ? clients::azure : clients::anonymous, settings.ruleId());
    }
}
