public import Configuration

/// The schedules that a config may name. Each kind is one file, and one line here.
public enum ScheduleRegistry {
    public static let kinds = Registry<any Schedule.Type>("schedule", builtIn.map { ($0.name, $0) })

    private static let builtIn: [any Schedule.Type] = [
        ConstantSchedule.self,
        CosineSchedule.self,
    ]
}
