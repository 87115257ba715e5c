package io.tapsentinel.kubernetes;

import static io.tapsentinel.kubernetes.Manifests.built;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.app.Settings;
import io.tapsentinel.config.EffectiveProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of kubectl for base and overlays: complete, least privilege, and matching the program. */
@Tag("full")
class OverlaysIT {

    private static final String BASE = "base";
    private static final String PRODUCTION = "overlays/production";
    private static final String REPLICAS = "overlays/replicas";
    private static final String PLAIN = "overlays/plain";
    private static final Map<String, String> OURS = Map.of("camel.apache.org/integration", "tap-sentinel");

    @TempDir
    Path secrets;

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void theBuiltObjectsFitTheModelsAndHoldNoSecret(String overlay) throws Exception {
        for (JsonNode object : built(overlay)) {
            assertThat(Manifests.parse(object)).isNotNull();
            assertThat(object.path("kind").asText()).isNotEqualTo("Secret");
            String name = object.at("/metadata/name").asText();
            assertThat(name).startsWith("tap-sentinel");
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1name").asText())
                    .as(name)
                    .isEqualTo("tap-sentinel");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void eachVariableIsAPropertyOfTheProgramAndNoneIsASecret(String name) throws Exception {
        Set<String> known = EffectiveProperties.names(Path.of("")).stream()
                .map(EffectiveProperties::environmentName)
                .collect(Collectors.toSet());
        PodFacts pod = PodFacts.of(built(name));

        assertThat(pod.env()).isNotEmpty();
        assertThat(pod.env().keySet()).allMatch(variable -> known.contains(variable) || variable.startsWith("AZURE_"));
        assertThat(pod.env())
                .as("probes ask at the pod's address")
                .containsEntry("CAMEL_MANAGEMENT_HOST", "0.0.0.0")
                .doesNotContainKeys("TAP_SECRET", "STATE_PASSWORD", "AZURE_CLIENT_SECRET")
                .values()
                .doesNotContain("");
        assertThat(built(name).toString()).doesNotContain("secretKeyRef", "envFrom", "valueFrom");
    }

    @ParameterizedTest
    @ValueSource(strings = {PRODUCTION, REPLICAS, PLAIN})
    void theProgramAcceptsTheSettingsOnceFilledIn(String name) throws Exception {
        Files.writeString(secrets.resolve("tap.secret"), "s");
        Files.writeString(secrets.resolve("state.password"), "s");
        Map<String, String> filled = new TreeMap<>(PodFacts.of(built(name)).env());
        filled.replaceAll((variable, value) ->
                value.replace("CHANGE-ME", "filled").replace("/etc/tap-sentinel", secrets.toString()));

        assertThatCode(() -> Settings.of(EffectiveProperties.load(secrets, filled)))
                .doesNotThrowAnyException();
        filled.remove("TAP_SECRET_FILE");
        assertThatThrownBy(() -> Settings.of(EffectiveProperties.load(secrets, filled)))
                .hasMessageContaining("tap.secret-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void eachSecretIsMountedFromTheExampleSecret(String name) throws Exception {
        PodFacts pod = PodFacts.of(built(name));
        JsonNode example = Manifests.document(Manifests.FOLDER.resolve("base/secret.example.yaml"))
                .path("stringData");

        assertThat(pod.mounts()).containsEntry("/etc/tap-sentinel", "secret:tap-sentinel");
        assertThat(pod.env()).containsKey("TAP_SECRET_FILE");
        pod.env().forEach((variable, value) -> {
            if (variable.endsWith("_FILE")) {
                assertThat(example.has(value.replace("/etc/tap-sentinel/", "")))
                        .as("%s %s", variable, value)
                        .isTrue();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void thePodHasLeastPrivilege(String name) throws Exception {
        List<JsonNode> objects = built(name);

        assertThat(PodFacts.of(objects).security())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        entry("pod.runAsNonRoot", "true"),
                        entry("pod.runAsUser", "10001"),
                        entry("pod.runAsGroup", "10001"),
                        entry("pod.fsGroup", "10001"),
                        entry("pod.seccomp", "RuntimeDefault"),
                        entry("container.runAsNonRoot", "true"),
                        entry("container.runAsUser", "10001"),
                        entry("container.seccomp", "RuntimeDefault"),
                        entry("container.allowPrivilegeEscalation", "false"),
                        entry("container.drop", "ALL"),
                        entry("container.readOnlyRootFilesystem", "true")));
        JsonNode account = Manifests.object(objects, "ServiceAccount", "tap-sentinel");
        assertThat(account.path("automountServiceAccountToken").toString()).isEqualTo("false");
        assertThat(PodFacts.of(objects).deployed()).containsEntry("serviceAccountName", "tap-sentinel");
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void theImageTagIsThisVersion(String name) throws Exception {
        String version = Files.readString(Path.of("pom.xml"))
                .replaceAll("(?s).*?<artifactId>tap-sentinel</artifactId>\\s*<version>([^<]+)<.*", "$1");

        assertThat(PodFacts.of(built(name)).deployed().get("image"))
                .matches("([A-Za-z0-9.-]+/)?tap-sentinel:" + Pattern.quote(version));
    }

    @ParameterizedTest
    @ValueSource(strings = {PRODUCTION, REPLICAS, PLAIN})
    void workloadIdentityHasServiceAccountAndLabel(String name) throws Exception {
        List<JsonNode> objects = built(name);

        assertThat(PodFacts.of(objects).labels()).containsEntry("azure.workload.identity/use", "true");
        JsonNode annotations =
                Manifests.object(objects, "ServiceAccount", "tap-sentinel").at("/metadata/annotations");
        assertThat(annotations.has("azure.workload.identity/client-id")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void everySelectorMatchesThePod(String name) throws Exception {
        List<JsonNode> objects = built(name);
        List<JsonNode> selectors = objects.stream()
                .flatMap(one -> one.findValues("podSelector").stream())
                .collect(Collectors.toList());
        objects.stream()
                .filter(one -> one.path("kind").asText().equals("PodDisruptionBudget"))
                .forEach(one -> selectors.add(one.at("/spec/selector")));
        objects.forEach(one -> selectors.addAll(one.findValues("labelSelector")));
        selectors.add(Manifests.document(Manifests.FOLDER.resolve("monitoring/pod-monitor.yaml"))
                .at("/spec/selector"));
        PodFacts pod = PodFacts.of(objects);

        assertThat(selectors).hasSizeGreaterThan(1).allSatisfy(selector -> {
            assertThat(strings(selector.path("matchLabels"))).isEqualTo(OURS);
            assertThat(pod.labels()).containsAllEntriesOf(OURS);
        });
        // the PodMonitor keeps this container only
        assertThat(pod.deployed()).containsEntry("container", "integration");
    }

    private static Map<String, String> strings(JsonNode map) {
        Map<String, String> strings = new TreeMap<>();
        map.properties()
                .forEach(field -> strings.put(field.getKey(), field.getValue().asText()));
        return strings;
    }

    /** A misspelt peer in a policy is silently shut out. */
    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void thePoliciesOpenOnlyTheNeededPortsToTheNeededPeers(String name) throws Exception {
        String anywhere = "ipBlock{cidr=0.0.0.0/0,except=169.254.0.0/16}";
        JsonNode policy =
                Manifests.object(built(name), "NetworkPolicy", "tap-sentinel").path("spec");

        assertThat(Manifests.texts(policy.path("policyTypes"))).containsExactly("Ingress", "Egress");
        assertThat(rules(policy, "ingress", "from")).containsExactly("TCP9876 namespace monitoring");
        assertThat(rules(policy, "egress", "to"))
                .containsExactly(
                        "UDP53,TCP53 namespace kube-system,ipBlock{cidr=169.254.20.10/32}", "TCP443 " + anywhere);
        if (name.equals(REPLICAS)) {
            JsonNode database = Manifests.object(built(name), "NetworkPolicy", "tap-sentinel-database")
                    .path("spec");
            assertThat(Manifests.texts(database.path("policyTypes"))).containsExactly("Egress");
            assertThat(rules(database, "egress", "to")).containsExactly("TCP5432 " + anywhere);
        }
    }

    /** Each rule as ports and peers. */
    private static List<String> rules(JsonNode policy, String direction, String peers) {
        List<String> rules = new ArrayList<>();
        for (JsonNode rule : policy.path(direction)) {
            List<String> ports = new ArrayList<>();
            rule.path("ports")
                    .forEach(port -> ports.add(
                            port.path("protocol").asText() + port.path("port").asText()));
            String whom = rule.path(peers)
                    .toString()
                    .replaceAll("[\\[\\]\"]", "")
                    .replace(':', '=')
                    .replaceAll(
                            "\\{namespaceSelector=\\{matchLabels=\\{kubernetes.io/metadata.name=([^}]*)}}}",
                            "namespace $1")
                    .replaceAll("\\{ipBlock=(\\{[^}]*})}", "ipBlock$1");
            rules.add(String.join(",", ports) + " " + whom);
        }
        return rules;
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS})
    void camelKStartsTheImageUnchangedWithThePodTemplate(String name) throws Exception {
        JsonNode traits =
                Manifests.object(built(name), "Integration", "tap-sentinel").at("/spec/traits");

        assertThat(traits.at("/jvm/enabled").toString())
                .as("a command of its own")
                .isEqualTo("false");
        assertThat(traits.at("/prometheus/enabled").toString())
                .as("a PodMonitor of its own")
                .isEqualTo("false");
        assertThat(traits.at("/container/expose").toString()).as("a Service").isEqualTo("false");
        assertThat(traits.at("/pod/enabled").toString())
                .as("read-only root, folder for files, time to stop")
                .isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, PRODUCTION, REPLICAS, PLAIN})
    void theGracePeriodCoversTheProgramsStop(String name) throws Exception {
        PodFacts pod = PodFacts.of(built(name));
        Duration drained =
                Duration.parse(EffectiveProperties.load(secrets, pod.env()).get("tap.shutdown-timeout"));

        // some seconds more for uploads and an archive that do not answer
        assertThat(Duration.ofSeconds(Long.parseLong(pod.deployed().get("grace"))))
                .isGreaterThanOrEqualTo(drained.plusSeconds(15));
    }
}
