package io.tapsentinel.doctor;

import io.tapsentinel.config.Settings;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.upload.IngestionClients;
import io.tapsentinel.sentinel.upload.IngestionUploader;
import io.tapsentinel.sentinel.upload.Uploader;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Which checks there are, in which order, and with what they look. */
final class Practice {

    private Practice() {
    }

    static List<Check> checks(Map<String, String> properties, Clock clock) {
        Path here = Path.of("");
        ConfigurationCheck configuration = new ConfigurationCheck(properties, System.getenv(), here);
        RoutesCheck routes = new RoutesCheck(properties, here);
        if (configuration.isSandbox()) {
            return List.of(configuration, routes);
        }
        StoreCheck store = new StoreCheck(properties, configuration, clock);
        Web web = new Web(HttpClient.newBuilder(), ProxySelector.getDefault(), clock);
        TapCheck tap = new TapCheck(configuration, web, clock);
        EndpointCheck endpoint = new EndpointCheck(configuration, web);
        TokenCheck token = new TokenCheck(configuration, settings -> clients(settings, properties).credential(), clock);
        return List.of(configuration, routes, store, tap, new ClockCheck(tap), endpoint, token,
                new RuleCheck(configuration, endpoint, token, settings -> uploader(settings, properties), properties), new BudgetCheck(store, tap));
    }

    private static Uploader uploader(Settings settings, Map<String, String> properties) {
        IngestionClients clients = clients(settings, properties);
        return new IngestionUploader(settings.ingestion(), settings.authenticate() ? clients::azure : clients::anonymous, settings.ruleId());
    }

    private static IngestionClients clients(Settings settings, Map<String, String> properties) {
        return new IngestionClients(settings.ingestion().toString(), settings.cloud(), Network.of(properties, System.getenv()), System.getenv());
    }
}
