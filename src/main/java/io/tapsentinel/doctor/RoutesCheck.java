package io.tapsentinel.doctor;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The routes that a start in this directory would run, as {@code routes check} sees them. */
final class RoutesCheck implements Check {

    private final Map<String, String> properties;
    private final Path folder;

    /** @param folder the working directory */
    RoutesCheck(Map<String, String> properties, Path folder) {
        this.properties = properties;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "routes";
    }

    @Override
    public void look(Consumer<Finding> found) {
        try {
            RouteFiles files = RouteFiles.effective(folder);
            var problems = RouteContract.check(files, properties);
            problems.forEach(problem -> found.accept(Finding.wrong(name(), problem)));
            if (problems.isEmpty()) {
                found.accept(Finding.well(
                        name(),
                        HumanText.count(files.texts().size(), "file") + " of "
                                + (RouteFiles.areIn(folder.resolve(RouteFiles.FOLDER))
                                        ? RouteFiles.FOLDER + "/ in this directory"
                                        : "the package")));
            }
        } catch (InvalidSettingException e) {
            found.accept(Finding.wrong(name(), e.getMessage()));
        }
    }
}
