package io.tapsentinel.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pod that results from a Deployment, or from an Integration by the documented rules of Camel K's traits.
 *
 * @param labels   of the pod
 * @param deployed replicas, strategy, service account, image, time to stop
 * @param env      variables that the manifest sets
 * @param mounts   where, and what: {@code secret:name}, {@code configmap:name}, {@code pvc:name}, {@code emptyDir:limit}
 * @param probes   by name
 * @param limits   requests and limits
 * @param security settings of pod and container
 */
record PodFacts(
        Map<String, String> labels,
        Map<String, String> deployed,
        Map<String, String> env,
        Map<String, String> mounts,
        Map<String, String> probes,
        Map<String, String> limits,
        Map<String, String> security) {

    private static final String NAME = "camel.apache.org/integration";

    private PodFacts() {
        this(
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
    }

    /** The facts of the one workload among these objects. */
    static PodFacts of(List<JsonNode> objects) {
        return objects.stream().anyMatch(one -> one.path("kind").asText().equals("Integration"))
                ? ofIntegration(Manifests.object(objects, "Integration", "tap-sentinel"))
                : ofDeployment(Manifests.object(objects, "Deployment", "tap-sentinel"));
    }

    private static PodFacts ofIntegration(JsonNode whole) {
        PodFacts facts = new PodFacts();
        JsonNode spec = whole.path("spec");
        JsonNode traits = spec.path("traits");
        JsonNode container = traits.path("container");
        facts.labels.put(NAME, whole.at("/metadata/name").asText());
        traits.at("/owner/targetLabels")
                .forEach(label -> facts.labels.put(
                        label.asText(),
                        whole.at("/metadata/labels").path(label.asText()).asText()));
        facts.deployed(spec, traits.at("/deployment/strategy"), container.path("image"), spec.at("/template/spec"));
        traits.at("/environment/vars")
                .forEach(one -> facts.env.put(
                        one.asText().split("=", 2)[0], one.asText().split("=", 2)[1]));
        traits.at("/mount/resources")
                .forEach(one -> facts.mounts.put(
                        one.asText().split("@")[1], one.asText().split("@")[0]));
        traits.at("/mount/volumes")
                .forEach(one -> facts.mounts.put(
                        one.asText().split(":")[1], "pvc:" + one.asText().split(":")[0]));
        for (String name : List.of("startup", "liveness", "readiness")) {
            JsonNode health = traits.path("health");
            if (health.path("enabled").asBoolean()
                    && health.path(name + "ProbeEnabled").asBoolean()) {
                facts.probe(
                        name,
                        health.path(name + "Probe"),
                        container.path("port"),
                        health.path(name + "Period"),
                        health.path(name + "Timeout"),
                        health.path(name + "FailureThreshold"));
            }
        }
        for (String name : List.of("requestCPU", "requestMemory", "limitCPU", "limitMemory")) {
            facts.limits.put(
                    name.replaceAll("([CM].*)", ".$1").toLowerCase(Locale.ROOT),
                    container.path(name).asText());
        }
        facts.security("pod", traits.path("security-context"), List.of("runAsNonRoot", "runAsUser"));
        facts.security.put(
                "pod.seccomp", traits.at("/security-context/seccompProfileType").asText());
        facts.security("container", container, List.of("runAsNonRoot", "runAsUser", "allowPrivilegeEscalation"));
        facts.security.put(
                "container.seccomp", container.path("seccompProfileType").asText());
        facts.security.put("container.drop", String.join(",", Manifests.texts(container.path("capabilitiesDrop"))));
        facts.template(spec.at("/template/spec"));
        return facts;
    }

    private static PodFacts ofDeployment(JsonNode whole) {
        PodFacts facts = new PodFacts();
        JsonNode spec = whole.path("spec");
        JsonNode pod = spec.at("/template/spec");
        JsonNode container = pod.at("/containers/0");
        spec.at("/template/metadata/labels")
                .properties()
                .forEach(label ->
                        facts.labels.put(label.getKey(), label.getValue().asText()));
        facts.deployed(spec, spec.at("/strategy/type"), container.path("image"), pod);
        facts.deployed.put("serviceAccountName", pod.path("serviceAccountName").asText());
        container
                .path("env")
                .forEach(one -> facts.env.put(
                        one.path("name").asText(), one.path("value").asText()));
        for (String name : List.of("startup", "liveness", "readiness")) {
            JsonNode probe = container.path(name + "Probe");
            facts.probe(
                    name,
                    probe.at("/httpGet/path"),
                    probe.at("/httpGet/port"),
                    probe.path("periodSeconds"),
                    probe.path("timeoutSeconds"),
                    probe.path("failureThreshold"));
        }
        for (String kind : List.of("request", "limit")) {
            container
                    .path("resources")
                    .path(kind + "s")
                    .properties()
                    .forEach(one -> facts.limits.put(
                            kind + "." + one.getKey(), one.getValue().asText()));
        }
        facts.security("pod", pod.path("securityContext"), List.of("runAsNonRoot", "runAsUser"));
        facts.security.put(
                "pod.seccomp", pod.at("/securityContext/seccompProfile/type").asText());
        facts.security(
                "container",
                container.path("securityContext"),
                List.of("runAsNonRoot", "runAsUser", "allowPrivilegeEscalation"));
        facts.security.put(
                "container.seccomp",
                container.at("/securityContext/seccompProfile/type").asText());
        facts.security.put(
                "container.drop",
                String.join(",", Manifests.texts(container.at("/securityContext/capabilities/drop"))));
        facts.template(pod);
        return facts;
    }

    private void deployed(JsonNode spec, JsonNode strategy, JsonNode image, JsonNode pod) {
        deployed.put("replicas", spec.path("replicas").asText());
        deployed.put("strategy", strategy.asText());
        deployed.put("image", image.asText());
        deployed.put("serviceAccountName", spec.path("serviceAccountName").asText());
        deployed.put("grace", pod.path("terminationGracePeriodSeconds").asText());
    }

    private void probe(
            String name, JsonNode path, JsonNode port, JsonNode period, JsonNode timeout, JsonNode failures) {
        probes.put(
                name,
                ":" + port.asText() + path.asText() + " every " + period.asText() + " s within " + timeout.asText()
                        + " s, " + failures.asText() + " times");
    }

    private void security(String of, JsonNode settings, List<String> names) {
        names.forEach(name -> security.put(of + "." + name, settings.path(name).asText()));
    }

    /** The fields that both kinds share. */
    private void template(JsonNode pod) {
        security("pod", pod.path("securityContext"), List.of("runAsGroup", "fsGroup"));
        JsonNode container = pod.at("/containers/0");
        security("container", container.path("securityContext"), List.of("readOnlyRootFilesystem"));
        deployed.put("container", container.path("name").asText());
        container
                .path("volumeMounts")
                .forEach(mount -> pod.path("volumes").forEach(volume -> {
                    if (volume.path("name").equals(mount.path("name"))) {
                        mounts.put(mount.path("mountPath").asText(), source(volume));
                    }
                }));
    }

    private static String source(JsonNode volume) {
        if (volume.has("secret")) {
            return "secret:" + volume.at("/secret/secretName").asText();
        }
        if (volume.has("configMap")) {
            return "configmap:" + volume.at("/configMap/name").asText();
        }
        return volume.has("emptyDir")
                ? "emptyDir:" + volume.at("/emptyDir/sizeLimit").asText()
                : "pvc:" + volume.at("/persistentVolumeClaim/claimName").asText();
    }
}
