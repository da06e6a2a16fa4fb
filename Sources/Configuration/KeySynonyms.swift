/// What other programs call the keys of a config, and where a key of ours stands that was looked for elsewhere.
enum KeySynonyms {
    /// What is said of a key that an object does not have: "did you mean 'learning_rate'?".
    /// - Parameters:
    ///   - path: of the object.
    ///   - known: the keys that the object may have.
    static func suggestion(for key: String, in path: String, among known: [String]) -> String {
        let word = key.lowercased()
        let meant = ours[word] ?? []
        let here = meant.filter(known.contains)
        if !here.isEmpty { return question(here) }
        if nearestWord(to: key, among: known) == nil {
            let places = ([word] + meant).compactMap { homes[$0] }.filter { $0 != join(path, word) }
            if let place = places.first { return question([place]) }
            if word == "weight_decay" || meant.contains("weight_decay"), known.contains("beta_1") {
                return "did you mean the 'weight_decay' of the type 'adamw'?"
            }
        }
        return Configuration.suggestion(for: key, among: known)
    }

    private static func question(_ words: [String]) -> String {
        let words = words.map { "'\($0)'" }
        return "did you mean " + words.dropLast().joined(separator: ", ") + (words.count > 1 ? " and " : "")
            + (words.last ?? "") + "?"
    }

    /// Ours by those of others, in small letters. Of several that the object has, all are meant together.
    private static let ours: [String: [String]] = {
        var words: [String: [String]] = [:]
        func add(_ ours: String..., of others: String) {
            for other in others.split(separator: " ") { words[String(other), default: []] += ours }
        }
        add("learning_rate", of: "lr rate eta eta0 alpha step_size learning_rate_init base_lr init_lr max_lr lrate")
        add("weight_decay", of: "wd decay l2 l2_regularization lambda reg_lambda weightdecay")
        add("epsilon", of: "eps")
        add("beta_1", "beta_2", of: "betas")
        add("beta_1", of: "beta1 b1")
        add("beta_2", of: "beta2 b2")
        add("momentum", of: "mom mu")
        add("global_clipnorm", of: "clip grad_clip clip_grad gradient_clip gradient_clip_val max_norm max_grad_norm clip_grad_norm")
        add("schedule", of: "scheduler lr_scheduler lr_schedule learning_rate_schedule decay_schedule")
        add("warmup_epochs", of: "warmup warm_up warmup_epoch")
        add("epochs", of: "n_epochs num_epochs nb_epoch nb_epochs max_epochs max_iter iterations n_iter num_train_epochs")
        add("batch_size", of: "bs batch batchsize batch_sz minibatch mini_batch minibatch_size")
        add("accumulate", of: "accumulate_grad_batches gradient_accumulation gradient_accumulation_steps grad_accum accumulation_steps")
        add("early_stopping", of: "early_stop es stop_early")
        add("min_delta", of: "tol tolerance delta")
        add("restore_best", of: "restore_best_weights")
        add("shuffle", of: "shuffled is_shuffled")
        add("threshold", of: "cutoff decision_threshold")
        add("units", of: "hidden hidden_size hidden_units hidden_dim n_hidden neurons nodes size width n_units num_units out_features output_dim out")
        add("filters", of: "out_channels channels n_filters num_filters nb_filter features kernels")
        add("kernel_size", of: "kernel ksize kernel_shape filter_size k")
        add("strides", of: "step")
        add("padding", of: "pad")
        add("activation", of: "act act_fn activation_fn activation_function nonlinearity non_linearity")
        add("pool_size", of: "kernel_size window pool size")
        add("rate", of: "dropout_rate dropout p prob probability drop drop_rate dropout_prob keep_prob")
        add("target_shape", of: "shape size dims new_shape")
        add("use_bias", of: "bias has_bias")
        add("kernel_initializer", of: "init initializer weight_init kernel_init weight_initializer")
        add("trainable", of: "frozen freeze requires_grad")
        add("layers", of: "architecture network modules blocks")
        add("model", of: "architecture network net")
        add("loss", of: "criterion objective loss_fn loss_function cost")
        add("metrics", of: "scores scoring eval_metrics")
        add("optimizer", of: "optim optimiser opt solver")
        add("seed", of: "random_state random_seed rng")
        add("data", of: "dataset datasets input")
        add("training", of: "fit trainer train_config")
        add("parallel", of: "parallelism distributed threads")
        add("workers", of: "n_jobs num_workers n_workers threads num_threads n_threads cpus")
        add("train", of: "training training_data fit")
        add("validation", of: "val valid dev eval validation_data validation_split val_split validation_fraction val_size")
        add("test", of: "test_data testing holdout test_split test_size test_fraction")
        add("fraction", of: "size share ratio split proportion percent")
        add("k_fold", of: "folds n_folds num_folds n_splits cv kfolds cross_validation k")
        add("stratify", of: "stratified stratification")
        add("normalize", of: "normalise normalization normalisation scale scaling scaler preprocessing standardize")
        add("normalize_targets", of: "scale_targets standardize_targets target_scaler")
        add("class_weight", of: "class_weights weights balance balanced")
        add("sample_weight", of: "sample_weights weights weight")
        add("augment", of: "augmentation augmentations transforms transform")
        add("file", of: "path filename file_name csv source filepath files")
        add("inputs", of: "x input features data")
        add("targets", of: "y target label labels output outputs target_column label_column")
        add("delimiter", of: "sep separator")
        add("header", of: "has_header headers")
        add("drop", of: "exclude ignore drop_columns")
        add("checkpoint", of: "checkpoints checkpointing save saving")
        add("keep_last", of: "max_to_keep save_total_limit")
        add("keep_best", of: "save_best save_best_only save_top_k")
        add("every", of: "interval save_freq save_every save_steps")
        add("type", of: "name kind class class_name")
        return words
    }()

    /// Where keys stand that have one place.
    private static let homes: [String: String] = {
        let places: [String: String] = [
            "optimizer": "learning_rate momentum nesterov schedule clipnorm global_clipnorm clipvalue beta_1 beta_2 epsilon",
            "training": "epochs batch_size accumulate shuffle early_stopping on_nan threshold",
            "training.early_stopping": "patience min_delta restore_best monitor",
            "data": "train validation test k_fold stratify split normalize normalize_targets class_weight augment memory_limit",
            "parallel": "workers shards pin", "model": "layers", "checkpoint": "keep_last keep_best every",
        ]
        var homes: [String: String] = [:]
        for (place, keys) in places {
            for key in keys.split(separator: " ") { homes[String(key)] = "\(place).\(key)" }
        }
        for key in ["seed", "loss", "metrics", "optimizer", "parallel"] { homes[key] = key }
        return homes
    }()
}
