package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Whether Azure can order the resources of a deployment: every dependency exists and none is missing. */
final class DependencyCheck {

    private final Deployment deployment;
    private final List<String> problems = new ArrayList<>();

    private DependencyCheck(Deployment deployment) {
        this.deployment = deployment;
    }

    /** The problems, one line each; empty if there are none. */
    static List<String> problems(Deployment deployment) {
        DependencyCheck check = new DependencyCheck(deployment);
        deployment.resources().forEach(check::check);
        return check.problems;
    }

    private void check(Deployment.Resource resource) {
        named(resource).stream()
                .filter(name -> found(name).isEmpty())
                .forEach(name ->
                        problems.add(resource.id() + ": depends on " + name + ", which is not in the template"));
        Set<String> waitsFor = waitsFor(resource, new LinkedHashSet<>());
        if (waitsFor.contains(resource.id())) {
            problems.add(resource.id() + ": waits for itself");
        }
        String json =
                ((ObjectNode) resource.json()).deepCopy().without("dependsOn").toString();
        for (Deployment.Resource other : deployment.resources()) {
            boolean names = json.contains('"' + other.id() + '"');
            if (names && resource.deployed() && !other.deployed()) {
                problems.add(resource.id() + ": names " + other.id() + ", which is not deployed");
            }
            if ((names || feeds(other, resource)) && !waitsFor.contains(other.id())) {
                problems.add(resource.id() + ": does not wait for " + other.id());
            }
        }
    }

    /** A rule names its tables only in its streams, and Azure refuses it if a table does not exist yet. */
    private static boolean feeds(Deployment.Resource table, Deployment.Resource rule) {
        return rule.type().endsWith("/dataCollectionRules") && table.type().endsWith("/tables");
    }

    private Set<String> waitsFor(Deployment.Resource resource, Set<String> ids) {
        for (String name : named(resource)) {
            found(name).stream().filter(other -> ids.add(other.id())).forEach(other -> waitsFor(other, ids));
        }
        return ids;
    }

    private List<Deployment.Resource> found(String name) {
        return deployment.resources().stream()
                .filter(r -> r.id().equals(name) || r.loop().equals(name))
                .toList();
    }

    private static List<String> named(Deployment.Resource resource) {
        return StreamSupport.stream(resource.json().path("dependsOn").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
