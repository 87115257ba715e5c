package io.tapsentinel.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.net.OwnSecrets;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;

/**
 * Answers the health requests of the management server in place of Camel Main. Camel Main handles one request of the whole server at a
 * time, so a liveness probe would wait for the store that a readiness probe or a scrape asks.
 */
public final class HealthEndpoint {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CamelContext camel;

    private HealthEndpoint(CamelContext camel) {
        this.camel = camel;
    }

    /** Takes over from Camel Main, after the start; does nothing without a management server. */
    public static void serve(CamelContext camel) {
        ManagementHttpServer server = camel.hasService(ManagementHttpServer.class);
        if (server != null && server.isHealthCheckEnabled()) {
            new HealthEndpoint(camel).serve(server.getRouter(), server.getHealthPath());
        }
    }

    private void serve(Router router, String path) {
        List<Route> before = router.getRoutes().stream()
                .filter(route -> route.getPath() != null && (route.getPath() + "/").startsWith(path + "/"))
                .toList();
        // on the server's own thread: liveness waits for nothing, not even for a free worker
        router.get(path + "/live").handler(request -> answer(request, HealthCheck::isLiveness, Map.of(), false));
        router.get(path + "/ready")
                .blockingHandler(request -> answer(request, HealthCheck::isReadiness, begun(), true), false);
        router.get(path).blockingHandler(request -> answer(request, any -> true, begun(), false), false);
        before.forEach(Route::remove);
    }

    private Map<ProgramHealthCheck, Supplier<Findings>> begun() {
        return ProgramHealthCheck.beginAll(camel);
    }

    /** @param strict whether a check whose state is unknown counts as DOWN */
    private void answer(
            RoutingContext request,
            Predicate<HealthCheck> which,
            Map<ProgramHealthCheck, Supplier<Findings>> begun,
            boolean strict) {
        String level = request.request().getParam("exposureLevel");
        if (level == null) {
            level = HealthCheckRegistry.get(camel).getExposureLevel();
        }
        Collection<Result> results = HealthCheckHelper.invoke(
                camel,
                check -> begun.containsKey(check) ? Map.of(ProgramHealthCheck.BEGUN, begun.get(check)) : Map.of(),
                which.negate(),
                level);
        boolean up = HealthCheckHelper.isResultsUp(results, strict);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", up ? State.UP : State.DOWN);
        if (!"oneline".equals(level)) {
            boolean full = "full".equals(level);
            boolean data = "true".equals(request.request().getParam("data"));
            List<Object> checks = new ArrayList<>();
            results.stream()
                    .filter(result -> full || result.getState() == State.DOWN)
                    .forEach(result -> checks.add(inWords(result, data)));
            answer.put("checks", checks);
        }
        try {
            request.response()
                    .setStatusCode(up ? 200 : 503)
                    .putHeader("content-type", "application/json")
                    .end(OwnSecrets.mask(JSON.writeValueAsString(answer)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> inWords(Result result, boolean data) {
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("name", result.getCheck().getId());
        check.put("status", result.getState());
        result.getError().ifPresent(error -> check.put("error-message", String.valueOf(error.getMessage())));
        result.getMessage().ifPresent(message -> check.put("message", message));
        if (data) {
            check.put("data", new TreeMap<>(result.getDetails()));
        }
        return check;
    }
}
