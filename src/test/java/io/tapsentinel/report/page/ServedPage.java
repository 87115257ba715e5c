package io.tapsentinel.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.app.Program;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Http;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.net.http.HttpResponse;

/** A program that serves its status page on a free port. */
final class ServedPage {

    private final int port = FreePort.next();
    private final RunningProgram program;

    ServedPage(SimulatedServices services) {
        services.with("camel.server.enabled", "true");
        program = services.start((settings, properties, clock, committed) -> {
            Program made = new Program(settings, properties, clock, committed);
            made.main().addOverrideProperty("camel.server.port", String.valueOf(port));
            return made;
        });
    }

    RunningProgram program() {
        return program;
    }

    int port() {
        return port;
    }

    JsonNode figures() throws Exception {
        HttpResponse<String> answer = get("/status.json");
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return new ObjectMapper().readTree(answer.body());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    HttpResponse<String> send(String method, String path) throws Exception {
        return Http.send(method, port, path);
    }
}
